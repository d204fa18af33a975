"""The system permissions of a user group, in the guide's words."""

from django.db.models import TextChoices


class SystemPermission(TextChoices):
    """What a user group may do besides its permissions for each category."""

    VIEW_STUDENT_LIST = "view_student_list", "View Student List"
    VIEW_STUDENT_DETAILS = "view_student_details", "View Student Details"
    ADD_ENTRIES = "add_entries", "Add new Incident/ Action"
    EDIT_INCIDENTS = "edit_incidents", "Edit incidents"
    RUN_REPORTS = "run_reports", "Run Reports"
    PLANNER = "planner", "Planner"
    FILES = "files", "Files"
    LIBRARY_VIEW = "library_view", "View files"
    LIBRARY_ADD = "library_add", "Add files"
    ADMINISTRATION = "administration", "Administration privileges"
    UNGROUPED_STUDENTS = "ungrouped_students", "Can view students who don't have a group"
    ALL_CLASSES = "all_classes", "Not limited by class restrictions"


# A stolen password alone must not open a record: without a key in the session only these remain,
# and only if the person's group has them.
KEPT_WITHOUT_KEY: frozenset[SystemPermission] = frozenset(
    {
        SystemPermission.ADD_ENTRIES,
        SystemPermission.FILES,
        SystemPermission.LIBRARY_VIEW,
        SystemPermission.LIBRARY_ADD,
    }
)
