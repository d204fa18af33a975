"""Who may do what, in one place to read.

Before everything else stand the **blocks**: whoever is among the "Staff who may not see this record" of a
student or an incident does not find it, by alert or assignment neither, whatever the rest says.

A person has what the user group gives (one group each), reduced by the session: without a key used in this
session only adding, files and the library remain (`core.access.reduce_without_key`). Two limits then apply to
every record, both at once:

* **Category.** `cat_ok`: of the categories an incident carries, "View Incidents" on *every* Restricting one;
  where it carries none, on *any* of the most specific ones.
* **Class.** Where the school restricts a kind of group, students of the groups that list the person or the
  person's user group only.

Names of categories are shown to those who may view them; lists of the monitored ask "View Students" on the
category. Beyond its categories a record opens, as one page, to somebody with an own unread alert to it
(without a key where "Non-key reading" lets it), and with a key to whom it is assigned until it is closed.
Rows of "blocked", "alerted", "assigned" and "author" live with the records, in their selectors.

These predicates ask an `Access` only; templates and views ask them and decide nothing of their own.
"""

from collections.abc import Set as AbstractSet
from uuid import UUID

from core.access import Access, SystemPermission


def cat_ok(
    *,
    carried: AbstractSet[UUID],
    leaves: AbstractSet[UUID],
    view_incidents: AbstractSet[UUID],
    restricting: AbstractSet[UUID],
) -> bool:
    """Whether categories let someone with these "View Incidents" read an incident.

    `carried` are its categories closed upward, `leaves` those of them without a child among them,
    `restricting` the school's Restricting ones.
    """
    restricted = carried & restricting
    if restricted:
        return restricted <= view_incidents
    return not leaves.isdisjoint(view_incidents)


def can_add_entries(access: Access) -> bool:
    """ "Add new Incident/ Action": the one thing a session without a key may do with records."""
    return access.can(SystemPermission.ADD_ENTRIES)


def can_add_to(access: Access, category_id: UUID) -> bool:
    """Whether incidents of this category may be added; a group with this right only sees nothing of them."""
    return can_add_entries(access) and category_id in access.add_incidents


def can_view_incidents_of(access: Access, category_id: UUID) -> bool:
    """Whether the category may be named, counted and read. One's parent or sub-category decides nothing."""
    return category_id in access.view_incidents


def can_view_students_of(access: Access, category_id: UUID) -> bool:
    """Whether to see which students are monitored under the category."""
    return category_id in access.view_students


def can_view_student_list(access: Access) -> bool:
    """ "View Student List": into the class structure from the dashboard."""
    return access.can(SystemPermission.VIEW_STUDENT_LIST)


def can_view_student_details(access: Access) -> bool:
    """ "View Student Details": opening profiles."""
    return access.can(SystemPermission.VIEW_STUDENT_DETAILS)


def can_edit_incidents(access: Access) -> bool:
    """ "Edit incidents": edit, delete, restore, history."""
    return access.is_editor


def can_block_readers(access: Access) -> bool:
    """ "Staff who may not see this record": editors and administrators, with the key."""
    return access.is_system or (access.is_elevated and access.is_editor) or access.is_administrator


def can_run_reports(access: Access) -> bool:
    """ "Run Reports"."""
    return access.can(SystemPermission.RUN_REPORTS)


def can_use_planner(access: Access) -> bool:
    """ "Planner"."""
    return access.can(SystemPermission.PLANNER)


def can_use_files(access: Access) -> bool:
    """ "Files": without it attachments are named, but neither opened nor added."""
    return access.can(SystemPermission.FILES)


def can_view_library(access: Access, *, non_key_library: bool) -> bool:
    """ "Library" > "View files"; without a key in the session only while the school lets non-key users in."""
    return access.can(SystemPermission.LIBRARY_VIEW) and (access.is_elevated or non_key_library)


def can_add_to_library(access: Access, *, non_key_library: bool) -> bool:
    """ "Library" > "Add files", under the same limit."""
    return access.can(SystemPermission.LIBRARY_ADD) and (access.is_elevated or non_key_library)


def can_administer(access: Access) -> bool:
    """Administration privileges and a key in the session, both."""
    return access.is_administrator or access.is_system


def is_class_restricted(access: Access) -> bool:
    """Whether only the students of listed groups are the person's."""
    return access.classes is not None
