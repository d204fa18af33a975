"""Invented papers to attach to the demo's entries."""

import io
import zipfile
from functools import cache


@cache
def paper(name: str) -> bytes:
    """A one-page PDF that says what it would be."""
    from weasyprint import HTML

    title = name.removesuffix(".pdf")
    return bytes(HTML(string=f"<h1>{title}</h1><p>An invented paper of the demo.</p>").write_pdf())


def letter(name: str) -> bytes:
    """A small Word document that says what it would be."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", DOCUMENT.replace("TITLE", name))
    return content.getvalue()


CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
DOCUMENT = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>TITLE</w:t></w:r></w:p></w:body></w:document>"
)
