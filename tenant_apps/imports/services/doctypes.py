"""XML that is not believed: no document type, and with it no entities, before anything else reads it."""

from __future__ import annotations

from typing import IO
from xml.parsers import expat

PIECE = 64 * 1024


class HostileXMLError(ValueError):
    """It holds a document type, or is no XML at all. The text tells the administrator; `line` is where."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.line = line


class _RootSeenError(Exception):
    """A document type can only stand before the root."""


def refuse_document_type(source: IO[bytes]) -> None:
    """Read as far as the root element and raise HostileXMLError for what may not stand before it."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise HostileXMLError(
            "XML with a document type (DTD) or entities is not read.", parser.CurrentLineNumber
        )

    def stop(*_: object) -> None:
        raise _RootSeenError

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        while piece := source.read(PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except _RootSeenError:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, HostileXMLError):
            raise
        raise HostileXMLError("This is not XML, or it is damaged.", parser.CurrentLineNumber) from None
