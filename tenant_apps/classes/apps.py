from django.apps import AppConfig


class ClassesConfig(AppConfig):
    name = "tenant_apps.classes"
    verbose_name = "Classes"
    audit_words = {
        "class_restrictions.changed": "Changed which kinds of group are restricted",
        "class_restrictions.requested": "The provider took a request to restrict classes",
        "student_group.added": "Added a group of students",
        "student_group.mis_recorded": "Took groups of students from the MIS",
        "student_group.people_changed": "Changed who sees the students of a group",
        "user.classes_changed": "Changed the classes of a user",
    }

    def ready(self) -> None:
        from tenant_apps.classes import handlers  # noqa: F401 -- importing the handlers registers them
