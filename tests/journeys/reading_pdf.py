"""The words of a PDF with embedded fonts, by the tables that let a reader copy them."""

import re
from io import BytesIO

import pikepdf


def words_of(content: bytes) -> str:
    """All text, page after page, with single spaces."""
    with pikepdf.open(BytesIO(content)) as pdf:
        return " ".join(" ".join(_page(page) for page in pdf.pages).split())


def _page(page: pikepdf.Page) -> str:
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    letters: dict[int, str] = {}
    text = ""
    for operands, operator in pikepdf.parse_content_stream(page):
        match str(operator):
            case "Tf":
                letters = fonts[str(operands[0])]
            case "Tm" | "Td" | "T*":
                text += " "
            case "Tj" | "TJ":
                parts = operands[0] if str(operator) == "TJ" else operands
                for part in parts:
                    if isinstance(part, pikepdf.String):
                        glyphs = bytes(part)
                        text += "".join(
                            letters.get(int.from_bytes(glyphs[at : at + 2]), "")
                            for at in range(0, len(glyphs), 2)
                        )
    return text


def _letters(font: pikepdf.Object) -> dict[int, str]:
    """Glyph number to letters, of the font's ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letters in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", block):
            found[int(glyph, 16)] = bytes.fromhex(letters).decode("utf-16-be")
    return found
