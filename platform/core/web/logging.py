"""Log lines without personal data: no addresses, no queries, no words of exceptions.

Code logs ids, codes and counts. This formatter is the net beneath: what looks like an e-mail address, a query
string or a token is taken out, and of an exception only types and places remain, since its words may quote a
record.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
from contextvars import ContextVar
from types import TracebackType
from typing import Final

request_id: ContextVar[str] = ContextVar("request_id", default="-")

EMAIL: Final = re.compile(r"[^\s@<>\"',;:()\[\]]+@[^\s@<>\"',;:()\[\]]+")
QUERY: Final = re.compile(r"\?[^\s\"']+")
UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Keys, tokens and cookies: long runs of the letters of base64 or hex that are no UUID and no dotted name.
TOKEN: Final = re.compile(r"(?<![\w./-])(?=[\w+=-]*\d)[\w+=-]{24,}(?![\w./-])")
CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\u0085\u2028\u2029]")


def redact(text: str) -> str:
    """The text without what must not stand in a log; on one line, so that nobody can forge another."""
    text = CONTROL.sub(" ", text)
    text = QUERY.sub("?…", text)
    text = EMAIL.sub("[email]", text)
    return TOKEN.sub(lambda match: match[0] if UUID.fullmatch(match[0]) else "[token]", text)


class PlainFormatter(logging.Formatter):
    """`2026-11-20T08:15:00Z WARNING core.outbox.services [request id] message`."""

    def __init__(self) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """One line for the message, then one for each frame of an exception."""
        head = f"{self.formatTime(record, self.datefmt)} {record.levelname} {record.name}"
        line = f"{head} [{request_id.get()}] {redact(record.getMessage())}"
        if record.exc_info and record.exc_info[1] is not None:
            line = f"{line}\n{self.formatException(record.exc_info)}"
        return line

    def formatException(  # noqa: N802 -- the name that logging calls
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Types and places of an exception and its causes, without their words."""
        if ei[1] is None:
            return ""
        lines: list[str] = []
        error: BaseException | None = ei[1]
        seen: set[int] = set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            lines.extend(
                f"    {frame.filename}:{frame.lineno} in {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            )
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
