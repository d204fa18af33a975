from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "tenant_apps.students"
    verbose_name = "Students"
    audit_words = {
        "student.address_released": "Told an address again",
        "student.address_withheld": "Withheld an address",
        "student.agencies_changed": "Changed the agencies involved with a student",
        "student.answers_changed": "Changed what is answered about a student",
        "student.contact_added": "Added a contact of a student",
        "student.contact_changed": "Changed a contact of a student",
        "student.contact_ended": "Ended a contact of a student",
        "student.court_order_added": "Wrote down a court order",
        "student.court_order_changed": "Changed what stands of a court order",
        "student.court_order_ended": "Ended a court order",
        "student.death_taken_back": "Took back that a student died",
        "student.died": "Noted that a student died",
        "student.held": "Put a student's record on hold",
        "student.hold_ended": "Ended the hold on a student's record",
        "student.keywords_changed": "Changed a student's keywords",
        "student.link_added": "Linked two students",
        "student.link_ended": "Ended a link of two students",
        "student.listed": "Listed students",
        "student.photo_changed": "A student's photograph changed",
        "student.reader_blocked": "Kept somebody from a student's record",
        "student.reader_unblocked": "Let somebody read a student's record again",
        "student.reduced": "Reduced the records of leavers",
        "student.sealed": "Sealed a student's record",
        "student.sibling_added": "Noted a sibling at another school",
        "student.sibling_ended": "Ended the note of a sibling at another school",
        "student.summary_changed": "Changed a student's summary",
        "student.unsealed": "Lifted the seal of a student's record",
        "student.viewed": "Opened a student's profile",
    }

    def ready(self) -> None:
        from core.access.owners import register_owner
        from core.db.references import Referrer, register_referrer
        from shared_apps.helpdesk.adapters import school_side
        from tenant_apps.classes.adapters import register_origins
        from tenant_apps.students.selectors import names_a_pupil
        from tenant_apps.students.selectors.contacts import (
            court_order_label,
            may_attach_to_court_order,
            may_open_court_order,
        )
        from tenant_apps.students.selectors.origins import origins_of
        from tenant_apps.students.selectors.own_facts import used_agencies

        register_owner(
            "court-order",
            may_open=may_open_court_order,
            label=court_order_label,
            may_attach=may_attach_to_court_order,
        )
        register_origins(origins_of)
        # A photograph stands on the pages that show its student, and is opened by no other way.
        register_owner(
            "photo", may_open=lambda access, owner_id: False, label=lambda access, owner_id: "Photograph"
        )
        register_referrer("agency", Referrer(name="students", used_among=used_agencies))
        school_side.register(names_a_pupil=names_a_pupil)
