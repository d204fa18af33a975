"""The only door to a pupil's record for everyone else."""

from tenant_apps.students.selectors.choosing import (
    GroupChoice,
    groups_to_choose_from,
    students_to_choose_from,
)
from tenant_apps.students.selectors.finding import (
    StudentListItem,
    StudentSuggestion,
    choosable_among,
    list_items,
    may_be_chosen,
    names_a_pupil,
    same_name_note,
    search_students,
    suggest_students,
)
from tenant_apps.students.selectors.hiding import hidden_part, hide_names
from tenant_apps.students.selectors.limits import (
    in_classes,
    sees_everybody,
    student_visible,
    students_visible_to,
    visible_among,
)
from tenant_apps.students.selectors.names import (
    NameStyle,
    StudentName,
    display_name,
    initials_of,
    name_style,
    students_by_ids,
    year_label,
)
from tenant_apps.students.selectors.records import (
    ContactView,
    LinkedStudent,
    StudentHeader,
    StudentNotFoundError,
    contacts_of,
    get_student,
    linked_students,
    student_header,
)
from tenant_apps.students.selectors.registers import (
    GroupItem,
    Register,
    dashboard_groups,
    groups_of,
    register,
)

__all__ = [
    "ContactView",
    "GroupChoice",
    "GroupItem",
    "LinkedStudent",
    "NameStyle",
    "Register",
    "StudentHeader",
    "StudentListItem",
    "StudentName",
    "StudentNotFoundError",
    "StudentSuggestion",
    "choosable_among",
    "contacts_of",
    "dashboard_groups",
    "display_name",
    "get_student",
    "groups_of",
    "groups_to_choose_from",
    "hidden_part",
    "hide_names",
    "in_classes",
    "initials_of",
    "linked_students",
    "list_items",
    "may_be_chosen",
    "name_style",
    "names_a_pupil",
    "register",
    "same_name_note",
    "search_students",
    "sees_everybody",
    "student_header",
    "student_visible",
    "students_by_ids",
    "students_to_choose_from",
    "students_visible_to",
    "suggest_students",
    "visible_among",
    "year_label",
]
