from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "tenant_apps.students"
    verbose_name = "Students"
    audit_words = {
        "student.listed": "Listed students",
        "student.reader_blocked": "Kept somebody from a student's record",
        "student.reader_unblocked": "Let somebody read a student's record again",
        "student.viewed": "Opened a student's profile",
    }

    def ready(self) -> None:
        from shared_apps.helpdesk.adapters import school_side
        from tenant_apps.classes.adapters import register_origins
        from tenant_apps.students.selectors import names_a_pupil
        from tenant_apps.students.selectors.origins import origins_of

        register_origins(origins_of)
        school_side.register(names_a_pupil=names_a_pupil)
