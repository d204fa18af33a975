"""What the user groups of a new school may do: data, read by provisioning and by nothing afterwards.

The rights of one category are written as on the permission table of the guide: V "View Students",
I "View Incidents", A "Add Incidents".
"""

from dataclasses import dataclass
from typing import NamedTuple

from core.access import SystemPermission as P
from core.access.enums import OverviewBlock

ADMIN = "Admin"
DSL_SLT = "DSL/SLT"
PASTORAL_LEADS = "Pastoral leads"
TEACHERS = "Teachers"
NON_KEY_STAFF = "Non-key staff"
SYSTEM_ADMINISTRATION = "System administration"


@dataclass(frozen=True, slots=True)
class DefaultGroup:
    """A user group that every new school has."""

    name: str
    is_key_group: bool
    system_permissions: frozenset[P]
    has_every_category: bool = False
    overview_blocks: frozenset[OverviewBlock] = frozenset()


_TEACHERS = frozenset(
    {
        P.VIEW_STUDENT_LIST,
        P.VIEW_STUDENT_DETAILS,
        P.ADD_ENTRIES,
        P.PLANNER,
        P.FILES,
        P.LIBRARY_VIEW,
    }
)

_EVERY_BLOCK = frozenset(OverviewBlock)

DEFAULT_GROUPS = (
    DefaultGroup(ADMIN, True, frozenset(P), has_every_category=True, overview_blocks=_EVERY_BLOCK),
    DefaultGroup(
        DSL_SLT,
        True,
        frozenset(P) - {P.ADMINISTRATION},
        has_every_category=True,
        overview_blocks=_EVERY_BLOCK,
    ),
    DefaultGroup(PASTORAL_LEADS, True, _TEACHERS | {P.RUN_REPORTS}, overview_blocks=_EVERY_BLOCK),
    DefaultGroup(
        TEACHERS,
        True,
        _TEACHERS,
        overview_blocks=frozenset({OverviewBlock.NAME_AND_CLASS, OverviewBlock.SEN_AND_MEDICAL}),
    ),
    DefaultGroup(NON_KEY_STAFF, False, frozenset({P.ADD_ENTRIES, P.FILES, P.LIBRARY_VIEW})),
    # Runs imports and users and reads nothing: no category, no list of students.
    DefaultGroup(SYSTEM_ADMINISTRATION, True, frozenset({P.ADMINISTRATION})),
)


class Rights(NamedTuple):
    """Rights of a group in one category: "View Students", "View Incidents", "Add Incidents"."""

    view_students: bool = False
    view_incidents: bool = False
    add_incidents: bool = False


def rights(letters: str) -> Rights:
    """`VIA` and shorter, as in the table below."""
    return Rights("V" in letters, "I" in letters, "A" in letters)


# Category, its sub-categories ("" is itself), then Pastoral leads, Teachers, Non-key staff. Admin and
# DSL/SLT have every right in each, but for Legacy. A category that is not here (or a sub-category under
# another parent, or one that the school made Restricting although it is not here) is outside the default
# list: nobody but Admin and DSL/SLT gets anything, and provisioning says so.
_TABLE: tuple[tuple[str, tuple[str, ...], str, str, str], ...] = (
    (
        "Child Protection",
        (
            "",
            "Neglect",
            "Physical Abuse",
            "Emotional Abuse",
            "Sexual Abuse",
            "Domestic Abuse (Operation Encompass)",
            "Exploitation",
            "Meetings and Plans",
        ),
        "",
        "",
        "",
    ),
    ("Child in Need (CIN)", ("",), "", "", ""),
    ("Early Help", ("",), "", "", ""),
    ("Looked After Child", ("",), "VIA", "", ""),
    ("Looked After Child", ("Previously Looked After",), "", "", ""),
    (
        "Cause for Concern",
        ("", "Disclosure", "Change in behaviour", "Appearance or hunger"),
        "VIA",
        "A",
        "A",
    ),
    ("Child-on-Child Abuse", ("", "Sexual harassment or violence"), "", "", ""),
    ("Behaviour", ("", "Bullying", "Racist Incident", "Homophobic Incident"), "VIA", "VIA", "A"),
    ("Behaviour", ("Physical Intervention", "Suspension"), "VIA", "A", "A"),
    (
        "Attendance",
        ("", "Punctuality", "Missing from lessons", "Part-time timetable"),
        "VIA",
        "VIA",
        "A",
    ),
    ("Mental Health", ("", "Anxiety and school avoidance"), "VIA", "A", "A"),
    ("Mental Health", ("Self-harm",), "", "", ""),
    (
        "Home Issues",
        ("", "Bereavement", "Young Carer", "Separation and contact", "Housing or money"),
        "VIA",
        "A",
        "A",
    ),
    ("Online Safety", ("", "Filtering and monitoring"), "VIA", "A", "A"),
    ("Online Safety", ("Nudes and semi-nudes",), "", "", ""),
    ("Prevent", ("",), "", "", ""),
    ("Medical", ("", "First Aid"), "VIA", "VIA", "A"),
    ("SEND", ("",), "VIA", "VIA", "A"),
    ("Parental Contact", ("",), "VIA", "VIA", "A"),
    ("Friendship", ("",), "VIA", "VIA", "A"),
)

_OPEN_TO_SOME_BY_PATH: dict[tuple[str, str], dict[str, Rights]] = {
    (parent.casefold(), child.casefold()): {
        PASTORAL_LEADS: rights(pastoral),
        TEACHERS: rights(teachers),
        NON_KEY_STAFF: rights(non_key),
    }
    for parent, children, pastoral, teachers, non_key in _TABLE
    for child in children
}

# Restricting, and still open to a group beyond Admin and DSL/SLT.
_RESTRICTING_AND_OPEN = frozenset({("looked after child", "")})

# What older systems left behind is given to nobody until somebody decides.
LEGACY = "legacy"


def default_rights(*, name: str, parent_name: str, is_restricting: bool) -> tuple[dict[str, Rights], bool]:
    """Rights of each default group in one category, and whether the default list knows the category.

    Groups that are left out have no right in it.
    """
    top, child = (parent_name, name) if parent_name else (name, "")
    path = (top.strip().casefold(), child.strip().casefold())
    if path[0] == LEGACY:
        return {}, True
    found = {group.name: rights("VIA") for group in DEFAULT_GROUPS if group.has_every_category}
    others = _OPEN_TO_SOME_BY_PATH.get(path)
    if others is None:
        return found, False
    opens = {group: given for group, given in others.items() if any(given)}
    if is_restricting and opens and path not in _RESTRICTING_AND_OPEN:
        return found, False
    return found | opens, True
