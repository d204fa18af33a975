"""The words of a PDF, read by its own tables of characters, so that no program of the machine is needed."""

import re
from io import BytesIO

import pikepdf

SECTION = re.compile(rb"beginbf(?:char|range)(.*?)endbf", re.DOTALL)
PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")


def words_of(content: bytes) -> str:
    """All words without the spaces between them: where a line breaks is nobody's promise."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return without_spaces("".join("".join(_page(page)) for page in pdf.pages))


def without_spaces(text: str) -> str:
    """A sentence as it stands in `words_of`."""
    return "".join(text.split())


def _page(page):
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    characters = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            characters = fonts[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            shown = operands[0] if str(operator) == "TJ" else [operands[0]]
            for piece in shown:
                if isinstance(piece, pikepdf.String):
                    codes = bytes(piece)
                    for at in range(0, len(codes), 2):
                        yield characters.get(codes[at : at + 2], "")


def _characters(font):
    """The character of each two-byte code of a font."""
    table = bytes(font["/ToUnicode"].read_bytes())
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(character.decode()).decode("utf-16-be")
        for section in SECTION.findall(table)
        for code, character in PAIR.findall(section)
    }
