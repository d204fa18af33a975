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


class OverviewBlock(TextChoices):
    """The blocks of a student's "Overview" that a user group may see; in the order of the page."""

    NAME_AND_CLASS = "name_and_class", "Name and class"
    SEN_AND_MEDICAL = "sen_and_medical", "SEN and medical"
    CONTACTS = "contacts", "Contacts"
    SENSITIVE = "sensitive", "Looked-after, ethnicity, religion, free school meals"
    SUMMARY = "summary", "Summary, keywords, agencies"


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
