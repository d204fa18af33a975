"""Extracts of a MIS, sound unless a test spoils them."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEMO_DATA = Path(__file__).resolve().parents[2] / "ops" / "demo_data"
Row = dict[str, Any]


def pupil(number: int, forename: str = "", surname: str = "", **more: str) -> Row:
    """One pupil of pupils.csv with everything that must be there."""
    return {
        "mis_id": f"P{number}",
        "upn": "",
        "legal_forename": forename or f"Forename{number}",
        "legal_surname": surname or f"Surname{number}",
        "date_of_birth": "2012-03-04",
        "year_group": "7",
        "start_date": "2024-09-02",
        "leaving_date": "",
        **more,
    }


def upn(number: int) -> str:
    """A valid UPN: the check letter by the DfE's rule."""
    digits = f"936{number:09}"
    total = sum(weight * int(digit) for weight, digit in enumerate(digits, 2))
    return "ABCDEFGHJKLMNPQRTUVWXYZ"[total % 23] + digits


@dataclass
class ExtractBook:
    """The files of an extract. Tests change what they are about, then `pack` it."""

    urn: str = "910001"
    kind: str = "full"
    generated_at: str = "2026-11-20T22:05:00+00:00"
    files: dict[str, list[Row]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    """Bytes instead of rows, for files that no CSV writer would write."""
    photos: dict[str, bytes] = field(default_factory=dict)
    """Files under photos/."""
    promised: dict[str, Row] = field(default_factory=dict)
    """What the manifest says instead of the truth."""
    manifest: Row = field(default_factory=dict)
    """Keys of the manifest that a test sets or spoils."""

    def content(self, file: str) -> bytes:
        if file in self.raw:
            return self.raw[file]
        rows = self.files[file]
        columns = list(dict.fromkeys(name for row in rows for name in row)) or HEADERS[file]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()

    def describe(self) -> Row:
        """The manifest."""
        files = {}
        for file in self.files.keys() | self.raw.keys():
            content = self.content(file)
            rows = len(self.files[file]) if file in self.files else content.count(b"\n") - 1
            files[file] = {"rows": rows, "sha256": hashlib.sha256(content).hexdigest()}
        return {
            "format": "mis-extract/1",
            "kind": self.kind,
            "school": {"urn": self.urn, "la": "936", "establishment": "0001", "name": "Ashgrove School"},
            "mis": "Invented MIS 4.2",
            "generated_at": self.generated_at,
            "files": {**files, **self.promised},
            **self.manifest,
        }

    def pack(self) -> bytes:
        """The ZIP."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("manifest.json", json.dumps(self.describe()))
            for file in self.files.keys() | self.raw.keys():
                archive.writestr(file, self.content(file))
            for file, content in self.photos.items():
                archive.writestr(f"photos/{file}", content)
        return packed.getvalue()


HEADERS = {
    "pupils.csv": ["mis_id", "legal_forename", "legal_surname", "date_of_birth", "start_date"],
    "contacts.csv": ["mis_id", "pupil_mis_id", "priority", "forename", "surname", "relationship"],
    "links.csv": ["pupil_mis_id", "linked_pupil_mis_id", "relationship"],
    "groups.csv": ["mis_id", "kind", "name", "staff_mis_id"],
    "memberships.csv": ["group_mis_id", "pupil_mis_id", "start_date", "end_date"],
    "staff.csv": ["mis_id", "forename", "surname", "start_date", "full_time"],
    "attendance.csv": ["pupil_mis_id", "date", "session", "code", "minutes_late"],
}


def small_extract(**more: Any) -> ExtractBook:
    """Three pupils of 7A with contacts, a link, marks and two members of staff."""
    return ExtractBook(
        files={
            "pupils.csv": [
                pupil(1, "Amelia", "O'Connor-Hughes", upn=upn(1), preferred_forename="Millie", former_upn=""),
                pupil(2, "Jakub", "Łukaszewski", upn=upn(2)),
                pupil(3, "Oliver", "Smith", upn=upn(3)),
            ],
            "contacts.csv": [
                {
                    "mis_id": "C1",
                    "pupil_mis_id": "P1",
                    "priority": "1",
                    "title": "Ms",
                    "forename": "Gemma",
                    "surname": "Hughes",
                    "relationship": "Mother",
                    "court_order": "N",
                },
                {
                    "mis_id": "C2",
                    "pupil_mis_id": "P1",
                    "priority": "2",
                    "title": "Mr",
                    "forename": "Lee",
                    "surname": "Hughes",
                    "relationship": "Father",
                    "court_order": "Y",
                },
            ],
            "links.csv": [{"pupil_mis_id": "P1", "linked_pupil_mis_id": "P2", "relationship": "sibling"}],
            "groups.csv": [
                {"mis_id": "G1", "kind": "tutor", "name": "7A", "staff_mis_id": "S1"},
                {"mis_id": "G2", "kind": "year", "name": "Year 7", "staff_mis_id": ""},
            ],
            "memberships.csv": [
                {
                    "group_mis_id": group,
                    "pupil_mis_id": f"P{number}",
                    "start_date": "2026-09-01",
                    "end_date": "",
                }
                for number in (1, 2, 3)
                for group in ("G1", "G2")
            ],
            "staff.csv": [
                {
                    "mis_id": "S1",
                    "title": "Mr",
                    "forename": "Tom",
                    "surname": "Ellery",
                    "email": "t.ellery@ashgrove.sch.example",
                    "job_title": "Teacher of Maths",
                    "start_date": "2019-09-02",
                    "end_date": "",
                    "full_time": "Y",
                },
                {
                    "mis_id": "S2",
                    "title": "Ms",
                    "forename": "Nobody",
                    "surname": "Here",
                    "email": "n.here@ashgrove.sch.example",
                    "job_title": "",
                    "start_date": "2019-09-02",
                    "end_date": "",
                    "full_time": "N",
                },
            ],
            "attendance.csv": [
                {
                    "pupil_mis_id": "P1",
                    "date": "2026-09-02",
                    "session": session,
                    "code": code,
                    "minutes_late": late,
                }
                for session, code, late in (("AM", "L", "12"), ("PM", "O", ""))
            ],
        },
        **more,
    )


def on_a_full_roll(book: ExtractBook, *, others: int = 20) -> ExtractBook:
    """The extract with so many more pupils that one or two may leave without anybody's wondering."""
    book.files["pupils.csv"] += [pupil(number, year_group="8") for number in range(501, 501 + others)]
    return book
