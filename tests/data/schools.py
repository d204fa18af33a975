"""The set-up spreadsheets of the two schools in which the tests play, and of any other a test needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

R, N = "Y", ""
CATEGORIES = [
    # name, parent, colour, restricting, starts monitoring
    ("Child Protection", "", "#b3261e", R, "Y"),
    ("Neglect", "Child Protection", "", R, "Y"),
    ("Physical Abuse", "Child Protection", "", R, "Y"),
    ("Child in Need (CIN)", "", "#c2410c", R, "Y"),
    ("Early Help", "", "#a16207", N, "Y"),
    ("Looked After Child", "", "#9f1239", R, "Y"),
    ("Previously Looked After", "Looked After Child", "", R, "Y"),
    ("Cause for Concern", "", "#6d28d9", N, "Y"),
    ("Disclosure", "Cause for Concern", "", N, "Y"),
    ("Change in behaviour", "Cause for Concern", "", N, "Y"),
    ("Behaviour", "", "#1d4ed8", N, "Y"),
    ("Bullying", "Behaviour", "", N, "Y"),
    ("Physical Intervention", "Behaviour", "", N, "Y"),
    ("Attendance", "", "#0f766e", N, "Y"),
    ("Punctuality", "Attendance", "", N, "Y"),
    ("Mental Health", "", "#0e7490", N, "Y"),
    ("Self-harm", "Mental Health", "", R, "Y"),
    ("Home Issues", "", "#4d7c0f", N, "Y"),
    ("Online Safety", "", "#4338ca", N, "Y"),
    ("Nudes and semi-nudes", "Online Safety", "", R, "Y"),
    ("Prevent", "", "#334155", R, "Y"),
    ("Medical", "", "#be185d", N, "N"),
    ("First Aid", "Medical", "", N, "N"),
    ("SEND", "", "#7e22ce", N, "Y"),
    ("Parental Contact", "", "#475569", N, "N"),
]
AGENCIES = ["Children's Social Care", "Police", "CAMHS", "School Nurse"]
# The cast: part, title, first name, last name, user group. Who has a key stands in WITH_KEY.
CAST = [
    ("head", "Dr", "Martin", "Coleman", "Admin"),
    ("lead", "Mr", "Daniel", "Okafor", "DSL/SLT"),
    ("deputy", "Ms", "Priya", "Nair", "DSL/SLT"),
    ("pastoral", "Mrs", "Anita", "Rowe", "Pastoral leads"),
    ("teacher", "Mr", "Tom", "Ellery", "Teachers"),
    ("support", "Mrs", "Joyce", "Webb", "Non-key staff"),
    ("data", "Mrs", "Helen", "Marsh", "System administration"),
]
WITH_KEY = ("head", "lead", "deputy", "pastoral", "teacher", "data")
PASSWORD = "quiet-lantern-orchard-42"
TOTP_KEY = "3132333435363738393031323334353637383930"


@dataclass
class Book:
    """What a set-up spreadsheet holds; tests change what they are about."""

    school: dict[str, str]
    staff: list[Sequence[str]] = field(default_factory=list)
    categories: list[Sequence[str]] = field(default_factory=lambda: list(CATEGORIES))
    agencies: list[str] = field(default_factory=lambda: list(AGENCIES))

    def write(self, path: Path) -> Path:
        """Write it as an XLSX file."""
        book = Workbook()
        sheet = book.active
        sheet.title = "School"
        for row in self.school.items():
            sheet.append(row)
        for title, heading, rows in (
            ("Staff", ("Title", "First name", "Last name", "Email", "User group"), self.staff),
            (
                "Categories",
                ("Category", "Parent", "Colour", "Restricting", "Starts monitoring"),
                self.categories,
            ),
            ("Agencies", ("Agency",), [(agency,) for agency in self.agencies]),
        ):
            sheet = book.create_sheet(title)
            for row in (heading, *rows):
                sheet.append([value or None for value in row])
        book.save(path)
        return path


def book(subdomain: str, name: str, urn: str, **school: str) -> Book:
    """A whole and faultless book for a school of this name."""
    return Book(
        school={
            "School name": name,
            "Subdomain": subdomain,
            "URN": urn,
            "LA number": "936",
            "Establishment number": urn[-4:],
            "Phase": "Secondary",
            "Post code": "KT13 0QS",
            "Main contact name": "Helen Marsh",
            "Main contact email": f"h.marsh@{subdomain}.sch.example",
            "Time zone": "Europe/London",
            **school,
        },
        staff=[
            (title, first, last, f"{first[0]}.{last}@{subdomain}.sch.example".lower(), group)
            for _, title, first, last, group in CAST
        ],
    )


BOOKS: Mapping[str, Book] = {
    "a": book("ashgrove", "Ashgrove School", "910001"),
    "b": book("birchwood", "Birchwood School", "910002"),
}
