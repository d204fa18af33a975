"""The parts of a Common Transfer File that are read: their columns, and the rows found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tenant_apps.imports.services.layout import (
    CONTACTS,
    NOTES,
    PUPILS,
    SCHOOL_HISTORY,
    SHORT,
    YEARS,
    Column,
    Layout,
    school_day,
    text,
    whole_number,
    yes_or_no,
)
from tenant_apps.imports.services.reading import Row

MOST_SESSIONS = 9999
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
CTF_SCHOOL_COLUMNS = (
    "pupil_mis_id",
    "la_number",
    "establishment_number",
    "name",
    "entry_date",
    "leaving_date",
    "leaving_reason",
    "is_last",
)
CTF_YEAR_COLUMNS = (
    "pupil_mis_id",
    "year",
    "la_number",
    "establishment_number",
    "school_name",
    "possible",
    "attended",
    "authorised",
    "unauthorised",
    "marks_since",
    "marks",
)


def _optional(column: Column) -> Column:
    return replace(column, required=False, filled=False, empty=None) if column.name == "mis_id" else column


# A CTF knows no numbers of a MIS; a pupil without a UPN is taken too, and asked about by name.
CTF_PUPILS: Layout = replace(PUPILS, key=("upn",), columns=tuple(map(_optional, PUPILS.columns)))
CTF_CONTACTS: Layout = CONTACTS
# A school or a year that stands in the file twice is no fault of the child's: it is taken once.
CTF_SCHOOLS = Layout(
    file=SCHOOL_HISTORY,
    stage="extract_schools",
    key=(),
    columns=(
        Column("pupil_mis_id", text(SHORT)),
        Column("la_number", text(SHORT)),
        Column("establishment_number", text(SHORT)),
        Column("name", text(SHORT)),
        Column("entry_date", school_day, empty=None),
        Column("leaving_date", school_day, empty=None),
        Column("leaving_reason", text(SHORT)),
        Column("is_last", yes_or_no, empty=None),
    ),
)
CTF_YEARS = Layout(
    file=YEARS,
    stage="extract_years",
    key=(),
    columns=(
        Column("pupil_mis_id", text(SHORT)),
        Column("year", text(SHORT)),
        Column("la_number", text(SHORT)),
        Column("establishment_number", text(SHORT)),
        Column("school_name", text(SHORT)),
        Column("possible", whole_number(0, MOST_SESSIONS), empty=None),
        Column("attended", whole_number(0, MOST_SESSIONS), empty=None),
        Column("authorised", whole_number(0, MOST_SESSIONS), empty=None),
        Column("unauthorised", whole_number(0, MOST_SESSIONS), empty=None),
        Column("marks_since", school_day, empty=None),
        Column("marks", text(NOTES)),
    ),
)


@dataclass(slots=True)
class TransferFile:
    """What a CTF says: for which school, from which MIS, and its pupils with their contacts."""

    la: str = ""
    establishment: str = ""
    urn: str = ""
    supplier: str = ""
    pupils: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    schools: list[Row] = field(default_factory=list)
    years: list[Row] = field(default_factory=list)

    def parts(self) -> list[tuple[Layout, tuple[str, ...], list[Row]]]:
        """Each kind of row with its layout and its columns, pupils first."""
        return [
            (CTF_PUPILS, CTF_PUPIL_COLUMNS, self.pupils),
            (CTF_CONTACTS, CTF_CONTACT_COLUMNS, self.contacts),
            (CTF_SCHOOLS, CTF_SCHOOL_COLUMNS, self.schools),
            (CTF_YEARS, CTF_YEAR_COLUMNS, self.years),
        ]
