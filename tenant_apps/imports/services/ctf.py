"""Reads a DfE Common Transfer File, versions 10 to 26: pupils and contacts as rows of pupils.csv and
contacts.csv, their schools before, and their years of attendance there.

Elements may be missing, empty, in another order or in a namespace: they are found by their local name, at the
place where the format has them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

from tenant_apps.imports.services.ctf_layout import (
    CTF_CONTACT_COLUMNS,
    CTF_PUPIL_COLUMNS,
    TransferFile,
)
from tenant_apps.imports.services.doctypes import HostileXMLError, refuse_document_type
from tenant_apps.imports.services.faults import ExtractRefusedError, Faults, refuse
from tenant_apps.imports.services.progress import Teller
from tenant_apps.imports.services.reading import RowReader
from tenant_apps.imports.services.staging import fill_stage
from tenant_apps.imports.services.validation import checked, find_repeated_rows
from tenant_apps.students.services import NUMBER_SIGN

OLDEST, NEWEST = 10, 26
MAX_CTF = 100 * 1024 * 1024
MAX_PUPILS = 20_000
XML_SIGNS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<")
YES, NO = {"true", "1", "y", "yes"}, {"false", "0", "n", "no"}

PHONES = {"H": "home_phone", "M": "mobile", "W": "work_phone"}
Element = ElementTree.Element


def is_ctf(packed: io.BytesIO) -> bool:
    """Whether it is XML: no ZIP begins like that."""
    start = packed.read(64)
    packed.seek(0)
    return start.lstrip().startswith(XML_SIGNS)


def read_ctf(packed: io.BytesIO, *, name: str, today: date) -> TransferFile:
    """What the file says, as it holds on the day `today`; raises ExtractRefusedError, which names the file
    `name`."""
    if packed.getbuffer().nbytes > MAX_CTF:
        raise refuse(name, f"Larger than {MAX_CTF // 1024**2} MB, which is the limit.")
    try:
        refuse_document_type(packed)
        packed.seek(0)
        return _read(packed, name, today)
    except HostileXMLError as fault:
        raise refuse(name, str(fault), line=fault.line) from None
    except ElementTree.ParseError as fault:
        reason = "This is not XML in the encoding that it names, or it is damaged."
        raise refuse(name, reason, line=fault.position[0]) from None
    except (LookupError, ValueError):
        raise refuse(name, "This is not XML in the encoding that it names, or it is damaged.") from None


def stage_ctf(found: TransferFile, *, name: str, teller: Teller, today: date) -> None:
    """Put its rows into their temporary tables; ExtractRefusedError names the file `name`, and as a line the
    pupil's place in it."""
    faults, done = Faults(), 0
    try:
        for layout, columns, rows in found.parts():
            teller.begin(done)
            reader = RowReader(layout, faults, header=list(columns))
            fill_stage(layout.stage, checked(reader, rows, tell=teller.tell, today=today))
            done += len(rows)
        faults.refuse_if_any()
        for layout, _, _ in found.parts():
            if layout.key:
                find_repeated_rows(layout, faults)
        faults.refuse_if_any()
    except ExtractRefusedError as refused:
        refused.faults.shown = [replace(fault, file=name) for fault in refused.faults.shown]
        raise


def _read(packed: io.BytesIO, name: str, today: date) -> TransferFile:
    found = TransferFile()
    root = None
    # A document type, and with it every entity, was refused before.
    events = ElementTree.iterparse(packed, events=("start", "end"))  # noqa: S314 -- as the line above says
    for event, element in events:
        if root is None:
            root = element
            if _local(root) != "CTfile":
                raise refuse(name, "This is not a Common Transfer File.", value=_local(root))
        if event != "end":
            continue
        if _local(element) == "Header":
            _header(found, element, name)
        elif _local(element) == "Pupil":
            if len(found.pupils) >= MAX_PUPILS:
                raise refuse(name, f"More than {MAX_PUPILS:,} pupils, which is the limit.")
            _pupil(found, element, today)
            element.clear()
    if not found.pupils:
        raise refuse(name, "There is no pupil in it.")
    return found


def _header(found: TransferFile, header: Element, name: str) -> None:
    version = _text(header, "CTFversion")
    number = version.partition(".")[0]
    if not (number.isdigit() and OLDEST <= int(number) <= NEWEST):
        raise refuse(name, f"Not a version from {OLDEST} to {NEWEST}.", column="CTFversion", value=version)
    found.la = _text(header, "DestSchool", "LEA")
    found.establishment = _text(header, "DestSchool", "Estab")
    found.urn = _text(header, "DestSchool", "URN")
    found.supplier = _text(header, "SupplierID")


def _pupil(found: TransferFile, pupil: Element, today: date) -> None:
    # Faults name the pupil by its place in the file: XML has no lines of pupils.
    line = len(found.pupils) + 1
    basic = _child(pupil, "BasicDetails")
    values = {
        "upn": _text(pupil, "UPN"),
        "former_upn": _text(basic, "FormerUPN"),
        "legal_forename": _text(pupil, "Forename"),
        "legal_surname": _text(pupil, "Surname"),
        "preferred_forename": _text(basic, "PreferredForename"),
        "preferred_surname": _text(basic, "PreferredSurname"),
        "former_surname": _text(basic, "FormerSurname"),
        "middle_names": _text(basic, "MiddleNames"),
        "date_of_birth": _text(pupil, "DOB"),
        "sex": _text(pupil, "Sex") or _text(pupil, "Gender"),
        "email": _text(pupil, "Email"),
        "year_group": _text(basic, "NCyearActual"),
        "enrolment_status": _text(basic, "EnrolStatus"),
        "sen_status": _sen_status(pupil),
        "sen_needs": ";".join(_sen_needs(pupil)),
        "free_school_meals": _meals(pupil, today),
        "first_language": _language(basic),
        "ethnicity": _text(basic, "Ethnicity"),
        "looked_after": _yes(_text(pupil, "LookedAfter", "InCare")),
        "address": _address(pupil),
        "postcode": _postcode(pupil),
    }
    found.pupils.append((line, [values[name] for name in CTF_PUPIL_COLUMNS]))
    for place, contact in enumerate(_children(_child(pupil, "Contacts"), "Contact"), start=1):
        found.contacts.append((line, _contact(contact, line, place, pupil)))
    found.schools += [
        (line, [f"{NUMBER_SIGN}{line}", *_school(school)])
        for school in _children(_child(pupil, "SchoolHistory"), "School")
    ]
    found.years += [
        (line, [f"{NUMBER_SIGN}{line}", *_year(year)])
        for year in _children(_child(pupil, "Attendance"), "YearData")
        # Of its own register the school knows more than any file tells it.
        if (_text(year, "LEA"), _text(year, "Estab")) != (found.la, found.establishment)
    ]


def _school(school: Element) -> list[str]:
    names = ("LEA", "Estab", "SchoolName", "EntryDate", "LeavingDate", "LeavingReason")
    return [*(_text(school, name) for name in names), _yes(_text(school, "LastSchool"))]


def _year(year: Element) -> list[str]:
    sessions = ("SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised")
    return [
        *(_text(year, name) for name in ("Year", "LEA", "Estab", "SchoolName", *sessions)),
        _text(year, "AttendSessions", "AttendanceStartDate"),
        _text(year, "AttendSessions", "AttendanceMarks"),
    ]


def _contact(contact: Element, line: int, place: int, pupil: Element) -> list[str]:
    order = _text(contact, "Order")
    at_home = _yes(_text(contact, "AddressAsPupil"))
    where = pupil if at_home == "Y" else contact
    values = dict.fromkeys(CTF_CONTACT_COLUMNS, "") | {
        "mis_id": f"{NUMBER_SIGN}{place}",
        "pupil_mis_id": f"{NUMBER_SIGN}{line}",
        # What is no number of an order is the first: a child's contacts are not refused for it.
        "priority": order if order.isascii() and order.isdigit() and len(order) < 4 else "1",
        "title": _text(contact, "Title"),
        "forename": _text(contact, "Forename"),
        "surname": _text(contact, "Surname"),
        "relationship": _text(contact, "Relationship"),
        "parental_responsibility": _yes(_text(contact, "Responsibility")),
        "lives_with": at_home,
        "email": _text(contact, "Email"),
        "address": _address(where),
        "postcode": _postcode(where),
    }
    for phone in _children(_child(contact, "Phones"), "Phone"):
        column = PHONES.get(_text(phone, "TelephoneType"), "home_phone")
        # The first of a kind holds; another kind is better in its column than lost.
        values[column] = values[column] or _text(phone, "PhoneNo")
    return [values[name] for name in CTF_CONTACT_COLUMNS]


def _sen_status(pupil: Element) -> str:
    """The provision that began last."""
    provisions = [
        (_text(one, "StartDate"), _text(one, "SENprovision"))
        for one in _children(_child(pupil, "SENhistory"), "SEN")
    ]
    return max(provisions, default=("", ""))[1]


def _sen_needs(pupil: Element) -> list[str]:
    history = _child(pupil, "SENhistory")
    needs = [] if history is None else [one for one in history.iter() if _local(one) == "SENneed"]
    ranked = sorted((_text(one, "SENtypeRank"), _text(one, "SENtype")) for one in needs)
    return [need for _, need in ranked if need]


def _meals(pupil: Element, today: date) -> str:
    """Whether meals are free now: one of the times told has begun and not ended."""
    now = today.isoformat()
    times = _children(_child(pupil, "FSMhistory"), "FSMinstance")
    began = (one for one in times if _text(one, "FSMstartDate") <= now)
    return "Y" if any((_text(one, "FSMendDate") or now) >= now for one in began) else ""


def _language(basic: Element | None) -> str:
    """The first language."""
    for one in _children(_child(basic, "Languages"), "Type"):
        if _text(one, "LanguageType") == "F":
            return _text(one, "Language")
    return ""


def _address(element: Element) -> str:
    address = _child(element, "Address")
    parts = [] if address is None else [one for one in address.iter() if _local(one).lower() != "postcode"]
    return ", ".join(text for one in parts if (text := (one.text or "").strip()))


def _postcode(element: Element) -> str:
    address = _child(element, "Address")
    parts = [] if address is None else [one for one in address.iter() if _local(one).lower() == "postcode"]
    return (parts[0].text or "").strip() if parts else ""


def _yes(text: str) -> str:
    word = text.casefold()
    return "Y" if word in YES else "N" if word in NO else ""


def _children(element: Element | None, name: str) -> Iterator[Element]:
    inner: Iterable[Element] = () if element is None else element
    return (one for one in inner if _local(one) == name)


def _child(element: Element | None, name: str) -> Element | None:
    return next(_children(element, name), None)


def _text(element: Element | None, *path: str) -> str:
    for name in path:
        element = _child(element, name)
    return "" if element is None else (element.text or "").strip()


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
