"""Reads a DfE Common Transfer File, versions 10 to 26, into the rows of pupils.csv and contacts.csv.

Elements may be missing, empty, in another order or in a namespace: they are found by their local name, at the
place where the format has them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from xml.etree import ElementTree

from tenant_apps.imports.services.doctypes import HostileXMLError, refuse_document_type
from tenant_apps.imports.services.faults import ExtractRefusedError, Faults, refuse
from tenant_apps.imports.services.layout import CONTACTS, PUPILS, Column, Layout
from tenant_apps.imports.services.progress import Teller
from tenant_apps.imports.services.reading import Row, RowReader
from tenant_apps.imports.services.staging import fill_stage
from tenant_apps.imports.services.validation import checked, find_repeated_rows
from tenant_apps.students.services import NUMBER_SIGN

OLDEST, NEWEST = 10, 26
MAX_CTF = 100 * 1024 * 1024
MAX_PUPILS = 20_000
XML_SIGNS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\0<")
YES, NO = {"true", "1", "y", "yes"}, {"false", "0", "n", "no"}

CTF_PUPIL_COLUMNS = (
    "upn",
    "former_upn",
    "legal_forename",
    "legal_surname",
    "preferred_forename",
    "preferred_surname",
    "former_surname",
    "middle_names",
    "date_of_birth",
    "sex",
    "email",
    "year_group",
    "enrolment_status",
    "sen_status",
    "sen_needs",
    "free_school_meals",
    "first_language",
    "ethnicity",
    "looked_after",
    "address",
    "postcode",
)
CTF_CONTACT_COLUMNS = (
    "mis_id",
    "pupil_mis_id",
    "priority",
    "title",
    "forename",
    "surname",
    "relationship",
    "parental_responsibility",
    "lives_with",
    "email",
    "home_phone",
    "mobile",
    "work_phone",
    "address",
    "postcode",
)
PHONES = {"H": "home_phone", "M": "mobile", "W": "work_phone"}
Element = ElementTree.Element


@dataclass(slots=True)
class TransferFile:
    """What a CTF says: for which school, from which MIS, and its pupils with their contacts."""

    la: str = ""
    establishment: str = ""
    urn: str = ""
    supplier: str = ""
    pupils: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)


def _optional(column: Column) -> Column:
    return replace(column, required=False, filled=False, empty=None) if column.name == "mis_id" else column


# A CTF knows no numbers of a MIS; a pupil without a UPN is taken too, and asked about by name.
CTF_PUPILS: Layout = replace(PUPILS, key=("upn",), columns=tuple(map(_optional, PUPILS.columns)))
CTF_CONTACTS: Layout = CONTACTS


def is_ctf(packed: io.BytesIO) -> bool:
    """Whether it is XML: no ZIP begins like that."""
    start = packed.read(64)
    packed.seek(0)
    return start.lstrip().startswith(XML_SIGNS)


def read_ctf(packed: io.BytesIO, *, name: str) -> TransferFile:
    """The file's pupils; raises ExtractRefusedError, with faults of the file `name`."""
    if packed.getbuffer().nbytes > MAX_CTF:
        raise refuse(name, f"Larger than {MAX_CTF // 1024**2} MB, which is the limit.")
    try:
        refuse_document_type(packed)
        packed.seek(0)
        return _read(packed, name)
    except HostileXMLError as fault:
        raise refuse(name, str(fault), line=fault.line) from None
    except ElementTree.ParseError as fault:
        reason = "This is not XML in the encoding that it names, or it is damaged."
        raise refuse(name, reason, line=fault.position[0]) from None
    except (LookupError, ValueError):
        raise refuse(name, "This is not XML in the encoding that it names, or it is damaged.") from None


def stage_ctf(found: TransferFile, *, name: str, teller: Teller, today: date) -> None:
    """Put pupils and contacts into their temporary tables; ExtractRefusedError names the file `name`, and as
    a line the pupil's place in it."""
    faults = Faults()
    parts = (
        (CTF_PUPILS, CTF_PUPIL_COLUMNS, found.pupils),
        (CTF_CONTACTS, CTF_CONTACT_COLUMNS, found.contacts),
    )
    try:
        for layout, columns, rows in parts:
            teller.begin(0)
            reader = RowReader(layout, faults, header=list(columns))
            fill_stage(layout.stage, checked(reader, rows, tell=teller.tell, today=today))
        faults.refuse_if_any()
        for layout, _, _ in parts:
            find_repeated_rows(layout, faults)
        faults.refuse_if_any()
    except ExtractRefusedError as refused:
        refused.faults.shown = [replace(fault, file=name) for fault in refused.faults.shown]
        raise


def _read(packed: io.BytesIO, name: str) -> TransferFile:
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
            _pupil(found, element)
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


def _pupil(found: TransferFile, pupil: Element) -> None:
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
        "free_school_meals": _meals(pupil),
        "first_language": _language(basic),
        "ethnicity": _text(basic, "Ethnicity"),
        "looked_after": _yes(_text(pupil, "LookedAfter", "InCare")),
        "address": _address(pupil),
        "postcode": _postcode(pupil),
    }
    found.pupils.append((line, [values[name] for name in CTF_PUPIL_COLUMNS]))
    for place, contact in enumerate(_children(_child(pupil, "Contacts"), "Contact"), start=1):
        found.contacts.append((line, _contact(contact, line, place, pupil)))


def _contact(contact: Element, line: int, place: int, pupil: Element) -> list[str]:
    order = _text(contact, "Order")
    at_home = _yes(_text(contact, "AddressAsPupil"))
    where = pupil if at_home == "Y" else contact
    values = dict.fromkeys(CTF_CONTACT_COLUMNS, "") | {
        "mis_id": f"{NUMBER_SIGN}{place}",
        "pupil_mis_id": f"{NUMBER_SIGN}{line}",
        "priority": order if order.isdigit() else "1",
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
        values[PHONES.get(_text(phone, "TelephoneType"), "home_phone")] = _text(phone, "PhoneNo")
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


def _meals(pupil: Element) -> str:
    """Whether meals are free now: of the times told, one has no end."""
    times = _children(_child(pupil, "FSMhistory"), "FSMinstance")
    return "Y" if any(not _text(one, "FSMendDate") for one in times) else ""


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
