from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "tenant_apps.students"
    verbose_name = "Students"
    audit_words = {
        "student.agencies_changed": "Changed the agencies involved with a student",
        "student.keywords_changed": "Changed a student's keywords",
        "student.listed": "Listed students",
        "student.photo_changed": "A student's photograph changed",
        "student.reader_blocked": "Kept somebody from a student's record",
        "student.reader_unblocked": "Let somebody read a student's record again",
        "student.summary_changed": "Changed a student's summary",
        "student.viewed": "Opened a student's profile",
    }

    def ready(self) -> None:
        from core.access.owners import register_owner
        from core.db.references import Referrer, register_referrer
        from shared_apps.helpdesk.adapters import school_side
        from tenant_apps.classes.adapters import register_origins
        from tenant_apps.students.selectors import names_a_pupil
        from tenant_apps.students.selectors.origins import origins_of
        from tenant_apps.students.selectors.own_facts import used_agencies

        register_origins(origins_of)
        # A photograph stands on the pages that show its student, and is opened by no other way.
        register_owner(
            "photo", may_open=lambda access, owner_id: False, label=lambda access, owner_id: "Photograph"
        )
        register_referrer("agency", Referrer(name="students", used_among=used_agencies))
        school_side.register(names_a_pupil=names_a_pupil)
