"""The school as the matrix finds it: a record for each relation, a form for each thing that is sent."""

from contextlib import contextmanager
from datetime import timedelta
from functools import cache, cached_property
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone

from core.db.clock import now
from core.db.keys import uuid7
from core.tenancy import current_school
from tests.data.pictures import drawn


class World:
    """What stands in Ashgrove School, made when a row asks for it."""

    def __init__(self, cast, students):
        self.cast = cast
        self.students = students

    @cached_property
    def group(self):
        """A tutor group with all pupils: those without a group ask for a permission of their own."""
        from tenant_apps.classes.models import StudentGroup
        from tenant_apps.students.models import Membership

        group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
        Membership.objects.bulk_create(
            Membership(student=student, group=group, start_date="2026-01-01") for student in self.students
        )
        return group

    def user_group(self, name):
        from tenant_apps.staff.selectors import user_group_ids

        return user_group_ids()[name]

    @property
    def teachers(self):
        from tenant_apps.staff.selectors import permissions_of

        return permissions_of(self.cast.teacher.user.pk).group_id

    def listed_by_mis(self):
        """Somebody of the MIS's staff who is no user."""
        from core.access import SYSTEM
        from tenant_apps.staff.models import MISStaff
        from tenant_apps.staff.services import MISPerson, record_mis_staff

        person = MISPerson(
            mis_id="S1",
            first_name="Ruth",
            last_name="Abel",
            email="r.abel@ashgrove.sch.example",
            start_date=now().date() - timedelta(days=30),
        )
        record_mis_staff(people=[person], by=SYSTEM, is_whole=False)
        return MISStaff.objects.get(mis_id="S1").pk

    def leaver(self):
        """Somebody whose account is closed."""
        from shared_apps.people.models import User
        from tenant_apps.staff.models import StaffMember

        user = User(
            email="l.eaver@ashgrove.sch.example", first_name="Lee", last_name="Eaver", is_active=False
        )
        user.set_unusable_password()
        user.save(force_insert=True)
        colleague = StaffMember.objects.get(user=self.cast.teacher.user)
        StaffMember.objects.create(user=user, group_id=colleague.group_id)
        return user.pk

    def waiting_change(self):
        """The head asked for another address for the lead."""
        from tenant_apps.staff.services import second_person

        before = self.cast.lead.email
        return second_person.ask(
            kind="email",
            user_id=self.cast.lead.user.pk,
            payload={"before": before, "email": f"new.{before}"},
            by=self.cast.head.access,
        ).pk

    @property
    def default_alert_group(self):
        from tenant_apps.staff.selectors import default_alert_group

        return default_alert_group().id

    def category(self, name):
        from tenant_apps.categories.selectors import all_categories

        return next(view.id for view in all_categories() if view.name == name)

    def incident(self, *categories, **given):
        """An incident about the first pupil, added by the lead; told to the deputy and nobody else."""
        from tenant_apps.incidents.services import add_incident

        assert self.group
        return add_incident(
            **{
                "incident_id": uuid7(),
                "student_id": self.students[0].pk,
                "text": "Pushed in the corridor by the hall.",
                "category_ids": [self.category(name) for name in categories],
                "happened_at": now() - timedelta(hours=1),
                "alert_user_ids": [self.cast.deputy.user.pk],
                "answers": [self.answer("incident", "Her aunt, at the gate.")],
                "by": self.cast.lead.access,
            }
            | given
        )

    def answer(self, form, *values):
        """An answer in a field that was once on the form."""
        from tenant_apps.form_builder.adapters import AnswerGiven
        from tenant_apps.form_builder.models import CustomField

        fields = CustomField.objects.filter(form=form, kind="text", deleted_at=None)
        field = fields.first() or CustomField.objects.create(form=form, kind="text")
        return AnswerGiven(field.pk, "Reported by", field.kind, values, position=9)

    @cached_property
    def behaviour(self):
        """One that is marked on the Body Map."""
        from tenant_apps.incidents.selectors.marks import Marked

        return self.incident("Behaviour", marks=[Marked(self.body_map_id, 0.25, 0.5, "Graze, 2 cm.")])

    @cached_property
    def protection(self):
        return self.incident("Child Protection")

    @cached_property
    def kept_pupil(self):
        """A pupil, with an incident, whose record teacher and lead may not see."""
        from tenant_apps.students.services import block_student_reader

        incident = self.incident("Behaviour", by=self.cast.deputy.access)
        for part in ("teacher", "lead"):
            block_student_reader(
                student_id=self.students[0].pk,
                user_id=getattr(self.cast, part).user.pk,
                by=self.cast.head.access,
            )
        return incident

    @cached_property
    def unlisted(self):
        """An incident about somebody who is not in the list, in the tray."""
        from tenant_apps.incidents.services import Unlisted

        whom = Unlisted("not_listed", "Quillfeather Marrowdusk", "3 Oak")
        return self.incident("Behaviour", student_id=None, unlisted=whom)

    def attached(self):
        """The same, attached to the first pupil."""
        from tenant_apps.incidents.services import attach_incident

        return attach_incident(
            incident_id=self.unlisted.pk, student_id=self.students[0].pk, by=self.cast.lead.access
        ).pk

    def chosen_for_tray(self):
        """The first pupil, and that exactly these readers are meant."""
        from tenant_apps.incidents.selectors import readers_if_attached
        from tenant_apps.incidents.views.tray import key_of

        student = self.students[0].pk
        readers = readers_if_attached(self.cast.head.access, self.unlisted.pk, student)
        return {"student": str(student), "confirm_readers": key_of(student, readers)}

    def kept(self, incident):
        """The incident, kept from teacher and lead by a block of its own."""
        from tenant_apps.incidents.services import block_incident_reader

        for part in ("teacher", "lead"):
            block_incident_reader(
                incident_id=incident.pk, user_id=getattr(self.cast, part).user.pk, by=self.cast.head.access
            )
        return incident

    @cached_property
    def alerted(self):
        """An incident that everybody of the cast was alerted to and nobody has read."""
        from tenant_apps.alerts.services import raise_alerts

        incident = self.incident("Child Protection", by=self.cast.deputy.access)
        parts = ("support", "lead", "teacher", "pastoral", "head", "data")
        raise_alerts(
            kind="incident",
            record_id=incident.pk,
            root_id=incident.pk,
            recipients={getattr(self.cast, part).user.pk: "chosen" for part in parts},
            category_ids=[self.category("Child Protection")],
            by=self.cast.deputy.access,
        )
        return incident

    @cached_property
    def read(self):
        from tenant_apps.incidents.services import mark_read

        for part in ("support", "lead", "teacher", "pastoral", "head", "data"):
            mark_read(incident_id=self.alerted.pk, by=getattr(self.cast, part).access)
        return self.alerted

    @cached_property
    def waiting(self):
        """A category that somebody without a key proposed for an Early Help incident."""
        from tenant_apps.incidents.models import ActionCategory
        from tenant_apps.incidents.services import add_action

        support = self.cast.support
        incident = self.incident("Early Help", alert_user_ids=[support.user.pk])
        add_action(
            action_id=uuid7(),
            incident_id=incident.pk,
            text="Seen again.",
            happened_at=now(),
            category_ids=[self.category("Behaviour")],
            by=support.access,
        )
        return ActionCategory.objects.get(state="waiting")

    def alert_of(self, person):
        """The latest alert of this person."""
        from tenant_apps.alerts.models import Alert

        return Alert.objects.filter(recipient=person.user).latest("id").pk

    def in_log(self, incident):
        """The incident in the log of the pupil it is about."""
        return {"incident_id": incident.pk, "student_id": incident.participants.get(part="main").student_id}

    def pinned(self, incident):
        from tenant_apps.incidents.services import pin_incident

        place = self.in_log(incident)
        pin_incident(by=self.cast.head.access, **place)
        return place

    def action_under(self, name):
        """An action that was not copied to the student linked to its incident."""
        from tenant_apps.incidents.services import LinkedStudent, add_action

        incident = self.incident(name, linked=[LinkedStudent(self.students[1].pk, "sibling")])
        return add_action(
            action_id=uuid7(),
            incident_id=incident.pk,
            text="Rang home.",
            happened_at=now(),
            answers=[self.answer("action", "Her aunt, at noon.")],
            by=self.cast.lead.access,
        )

    @cached_property
    def deleted_incident(self):
        """An incident with an alert that nobody has read, deleted by the head."""
        from tenant_apps.incidents.services import delete_incident

        incident = self.incident("Behaviour", alert_user_ids=[self.cast.support.user.pk])
        delete_incident(incident_id=incident.pk, reason="Twice.", by=self.cast.head.access)
        return incident.pk

    @cached_property
    def deleted_action(self):
        from tenant_apps.incidents.services import delete_action

        action = self.action_under("Behaviour")
        delete_action(action_id=action.pk, reason="Twice.", by=self.cast.head.access)
        return action.pk

    def edited(self):
        """The form of the record made last, an incident's or an action's, with other words."""
        from tenant_apps.incidents.models import ActionVersion, IncidentVersion

        versions = ActionVersion if ActionVersion.objects.exists() else IncidentVersion
        seen = versions.objects.latest("made_at", "id").pk
        return self.typed("Behaviour", seen=str(seen), alert_groups=[])

    @cached_property
    def draft_id(self):
        from tenant_apps.incidents.services import save_draft

        return save_draft(draft_id=uuid7(), content={"text": ["Seen."]}, by=self.cast.teacher.access).pk

    def document(self, owner, by):
        from tenant_apps.documents.services import receive

        return receive([b"A letter."], name="letter.txt", owner=owner, by=by)

    def document_of(self, *categories):
        draft = uuid7()
        document = self.document(("draft", draft), self.cast.lead.access)
        self.incident(*categories, incident_id=draft)
        return document

    def soft_key_of(self, part):
        from shared_apps.people.selectors import keys_of_user

        return keys_of_user(getattr(self.cast, part).user.pk)[0].id

    def session_of(self, part):
        from shared_apps.people.models import SignedInSession

        moment = now()
        return SignedInSession.objects.create(
            user=getattr(self.cast, part).user, digest="0" * 64, created_at=moment, last_seen_at=moment
        ).pk

    def in_training(self):
        from tenant_apps.training.services import begin_training

        begin_training(by=self.cast.head.access)
        self.incident("Behaviour", is_practice=True)
        return {}

    def practice(self):
        from tenant_apps.incidents.models import Incident

        return [str(pk) for pk in Incident.objects.filter(training="practice").values_list("pk", flat=True)]

    def with_logo(self):
        from tenant_apps.documents.services import set_logo

        set_logo(drawn(), by=self.cast.head.access)
        return {}

    @cached_property
    def closure_id(self):
        from core.access import SYSTEM
        from tenant_apps.school_settings.selectors import get_settings
        from tenant_apps.school_settings.services import add_closure

        monday = get_settings().year_start + timedelta(days=-get_settings().year_start.weekday() % 7)
        return add_closure(date=monday, name="Training day", by=SYSTEM)[0].pk

    @cached_property
    def disabled_category(self):
        from tenant_apps.categories.services import set_category_enabled

        found = self.category("Behaviour")
        set_category_enabled(category_id=found, enabled=False, by=self.cast.head.access)
        return found

    @cached_property
    def agency_id(self):
        from tenant_apps.agencies.selectors import agency_rows

        return agency_rows()[0].id

    @cached_property
    def disabled_agency(self):
        from tenant_apps.agencies.models import Agency

        Agency.objects.filter(pk=self.agency_id).update(is_enabled=False)
        return self.agency_id

    @cached_property
    def map_id(self):
        from tenant_apps.maps.services import add_map

        return add_map(title="Site", picture=drawn(), by=self.cast.head.access).pk

    @cached_property
    def body_map_id(self):
        from tenant_apps.maps.selectors import enabled_maps

        return enabled_maps()[0].id

    @cached_property
    def custom_field(self):
        from tenant_apps.form_builder.enums import Form
        from tenant_apps.form_builder.selectors import standing_form

        return standing_form(Form.INCIDENT).custom[1].key

    def action_form(self):
        from tenant_apps.form_builder.enums import Form
        from tenant_apps.form_builder.selectors import working_form

        return working_form(Form.ACTION)

    @cached_property
    def disabled_map_id(self):
        from tenant_apps.maps.services import set_enabled

        return set_enabled(map_id=self.map_id, enabled=False, by=self.cast.head.access).pk

    @cached_property
    def import_id(self):
        from tenant_apps.imports.models import Import

        return Import.objects.create(file_name="extract.zip", uploaded_at=now(), source="upload").pk

    @cached_property
    def held_import_id(self):
        from tenant_apps.imports.models import Import

        return Import.objects.create(
            file_name="extract.zip", uploaded_at=now(), source="upload", state="held"
        ).pk

    @cached_property
    def sheet_import_id(self):
        from core.access import SYSTEM
        from tenant_apps.imports.services import receive_extract

        content = b"UPN,Surname,Forename,Born,Came\n1,Lake,Ann,2012-03-04,2024-09-02\n"
        return receive_extract([content], file_name="a.csv", source="upload", by=SYSTEM, form="pupils")

    @cached_property
    def extract_token(self):
        from tenant_apps.imports.services import renew_token

        return renew_token(by=self.cast.data.access)

    @cached_property
    def reminder_id(self):
        from tenant_apps.planner.services import set_reminder

        due_at = now() + timedelta(hours=1)
        return set_reminder(text="Ring home.", due_at=due_at, by=self.cast.lead.access).pk

    def sealed(self):
        """A pupil of no other record, with an incident told to the deputy, sealed for lead and head."""
        from tenant_apps.students.services import seal_record

        student_id = self.students[-1].pk
        self.incident("Behaviour", student_id=student_id)
        readers = [self.cast.lead.user.pk, self.cast.head.user.pk]
        seal_record(student_id=student_id, readers=readers, by=self.cast.head.access)
        return student_id

    def photographed(self):
        """The first pupil, with a photograph."""
        from tenant_apps.documents.services import receive
        from tenant_apps.students.models import Student

        assert self.group
        pupil = self.students[0].pk
        document = receive([drawn()], name="photo.jpg", owner=("photo", pupil), by=self.cast.head.access)
        Student.objects.filter(pk=pupil).update(photo_document_id=document.pk)
        return pupil

    def own_contact(self):
        """A contact of the first pupil that the head added."""
        from tenant_apps.students.services import ContactGiven, add_contact

        assert self.group
        given = ContactGiven(forename="Sue", surname="Marsh", relationship="Social worker")
        student_id = self.students[0].pk
        contact = add_contact(student_id=student_id, given=given, by=self.cast.head.access)
        return {"student_id": student_id, "contact_id": contact.pk}

    def court_order(self):
        """A court order about the first pupil, as the head wrote it down."""
        from tenant_apps.students.services import CourtOrderGiven, add_court_order

        assert self.group
        given = CourtOrderGiven(who="The father", what="No contact.")
        student_id = self.students[0].pk
        order = add_court_order(student_id=student_id, given=given, by=self.cast.head.access)
        return {"student_id": student_id, "order_id": order.pk}

    def bulk(self, do, name):
        """ "Update Categories" for the first pupil."""
        return {
            "students": [str(self.students[0].pk)],
            "do": do,
            "category": str(self.category(name)),
            "day": f"{timezone.localdate():%Y-%m-%d}",
        }

    def typed(self, *categories, **given):
        """The fields of the form of an incident."""
        from tenant_apps.staff.selectors import default_alert_group

        moment = timezone.localtime(now() - timedelta(minutes=5))
        return {
            "draft": str(uuid7()),
            "text": "Said she had no breakfast.",
            "happened_on": f"{moment:%Y-%m-%d}",
            "happened_time": f"{moment:%H:%M}",
            "alert_groups": [str(default_alert_group().id)],
            **({"categories": [str(self.category(name)) for name in categories]} if categories else {}),
        } | given


# What stands in the address, for each relation of the matrix.
RELATIONS = {
    "": lambda world: {},
    "of an unknown link": lambda world: {"token": "x" * 43},
    "without having seen the code": lambda world: {},
    "of no key": lambda world: {"kind": "soft", "key_id": 0},
    "of the lead's soft key": lambda world: {"kind": "soft", "key_id": world.soft_key_of("lead")},
    "of the teacher's session": lambda world: {"session_id": world.session_of("teacher")},
    "of Behaviour": lambda world: {"category_id": world.category("Behaviour")},
    "of Child Protection": lambda world: {"category_id": world.category("Child Protection")},
    "of Behaviour, a pupil monitored": lambda world: {
        "category_id": world.behaviour and world.category("Behaviour")
    },
    "of a tutor group": lambda world: {"group_id": world.group.pk},
    "of no group": lambda world: {"group_id": uuid4()},
    "of a pupil": lambda world: {"student_id": world.behaviour.participants.get().student_id},
    "of a pupil, on the Body Map": lambda world: {
        "student_id": world.behaviour.participants.get().student_id,
        "map_id": world.body_map_id,
    },
    "of a pupil, on no map": lambda world: {
        "student_id": world.behaviour.participants.get().student_id,
        "map_id": uuid4(),
    },
    "of no pupil": lambda world: {"student_id": uuid4()},
    "of a pupil sealed for lead and head": lambda world: {"student_id": world.sealed()},
    "with a photograph": lambda world: {"student_id": world.photographed()},
    "kept by hand": lambda world: world.own_contact(),
    "of no contact": lambda world: world.own_contact() | {"contact_id": uuid4()},
    "that stands": lambda world: world.court_order(),
    "that nobody wrote down": lambda world: world.court_order() | {"order_id": uuid4()},
    "of a new draft": lambda world: {"draft_id": uuid7()},
    "of the teacher's draft": lambda world: {"draft_id": world.draft_id},
    "under Behaviour": lambda world: {"incident_id": world.behaviour.pk},
    "under Child Protection": lambda world: {"incident_id": world.protection.pk},
    "under Child Protection, all alerted": lambda world: {"incident_id": world.alerted.pk},
    "under Child Protection, all alerted and read": lambda world: {"incident_id": world.read.pk},
    "under Behaviour, teacher and lead blocked": lambda world: {
        "incident_id": world.kept(world.behaviour).pk
    },
    "all alerted, teacher and lead blocked": lambda world: {"incident_id": world.kept(world.alerted).pk},
    "about a pupil kept from teacher and lead": lambda world: {"incident_id": world.kept_pupil.pk},
    "of a pupil kept from teacher and lead": lambda world: {
        "student_id": world.kept_pupil.participants.get().student_id
    },
    "in a pupil's log": lambda world: world.in_log(world.behaviour),
    "in a log, teacher and lead blocked": lambda world: world.in_log(world.kept(world.behaviour)),
    "pinned in a pupil's log": lambda world: world.pinned(world.behaviour),
    "that was deleted": lambda world: {"incident_id": world.deleted_incident},
    "deleted from its incident": lambda world: {"action_id": world.deleted_action},
    "in the tray": lambda world: {"tray_id": world.unlisted.pk},
    "of no incident in the tray": lambda world: {"tray_id": world.behaviour.pk},
    "that was attached": lambda world: {"tray_id": world.attached()},
    "of no incident": lambda world: {"incident_id": uuid4()},
    "under Behaviour, not copied": lambda world: {"action_id": world.action_under("Behaviour").pk},
    "under Child Protection, not copied": lambda world: {
        "action_id": world.action_under("Child Protection").pk
    },
    "waiting on an Early Help incident": lambda world: {"waiting_id": world.waiting.pk},
    "into a new draft": lambda world: {},
    "of an incident under Behaviour": lambda world: {"document_id": world.document_of("Behaviour").id},
    "of an incident under Child Protection": lambda world: {
        "document_id": world.document_of("Child Protection").id
    },
    "in the teacher's draft": lambda world: {
        "document_id": world.document(("draft", world.draft_id), world.cast.teacher.access).id
    },
    "of no request": lambda world: {"request_id": uuid4()},
    "with a logo": lambda world: world.with_logo(),
    "of an uploaded map": lambda world: {"map_id": world.map_id},
    "of the Body Map": lambda world: {"map_id": world.body_map_id},
    "of a disabled map": lambda world: {"map_id": world.disabled_map_id},
    "of no map": lambda world: {"map_id": uuid4()},
    "of a closure": lambda world: {"closure_id": world.closure_id},
    "of no closure": lambda world: {"closure_id": uuid4()},
    "of the teacher": lambda world: {"user_id": world.cast.teacher.user.pk},
    "of nobody": lambda world: {"user_id": uuid4()},
    "of a leaver": lambda world: {"user_id": world.leaver()},
    "about the lead, asked for by the head": lambda world: {"change_id": world.waiting_change()},
    "about nobody": lambda world: {"change_id": uuid4()},
    "of tutor groups": lambda world: {"kind": "tutor"},
    "of no kind": lambda world: {"kind": "planet"},
    "of the user group Teachers": lambda world: {"user_group_id": world.teachers},
    "of no user group": lambda world: {"user_group_id": uuid4()},
    "of the default alert group": lambda world: {"alert_group_id": world.default_alert_group},
    "of no alert group": lambda world: {"alert_group_id": uuid4()},
    "of the lead": lambda world: {"reminder_id": world.reminder_id},
    "of no reminder": lambda world: {"reminder_id": uuid4()},
    "of no category": lambda world: {"category_id": uuid4()},
    "that is disabled": lambda world: {"category_id": world.disabled_category},
    "of an agency": lambda world: {"agency_id": world.agency_id},
    "of a disabled agency": lambda world: {"agency_id": world.disabled_agency},
    "of no agency": lambda world: {"agency_id": uuid4()},
    "of incidents": lambda world: {"form": "incident"},
    "of actions": lambda world: {"form": "action"},
    "of nothing": lambda world: {"form": "nothing"},
    "of the action's text": lambda world: {"form": "action", "key": "text"},
    "of no built-in field": lambda world: {"form": "action", "key": "nothing"},
    "of a custom field": lambda world: {"field_id": world.custom_field},
    "of no custom field": lambda world: {"field_id": uuid4()},
    "of an import": lambda world: {"import_id": world.import_id},
    "of no import": lambda world: {"import_id": uuid4()},
    "of a spreadsheet": lambda world: {"import_id": world.sheet_import_id},
    "of a held import": lambda world: {"import_id": world.held_import_id},
    "with a token": lambda world: {} if world.extract_token else None,
    "in training mode": lambda world: world.in_training(),
}

# What is sent, by its name in the matrix.
FORMS = {
    "": lambda world: {},
    "an empty form": lambda world: {},
    "a wrong password": lambda world: {"email": "n.obody@school.example", "password": "wrong"},
    "an unknown email": lambda world: {"email": "n.obody@school.example"},
    "a password": lambda world: {"password": "quiet-lantern-orchard-43"},
    "a wrong code": lambda world: {"code": "000000", "name": "Phone"},
    "a covered screen": lambda world: {"screen": "covered"},
    "a theme": lambda world: {"theme": "contrast"},
    "a reminder": lambda world: {"text": "Ring home.", "kind": "personal", "when": "hour"},
    "an hour": lambda world: {"minutes": "60"},
    "an incident": lambda world: world.typed(
        "Cause for Concern", student=str(world.students[0].pk), status="active"
    ),
    "a child protection incident": lambda world: world.typed(
        "Child Protection", student=str(world.students[0].pk), status="active"
    ),
    "an incident about nobody on the list": lambda world: world.typed(
        "Cause for Concern", about="not_listed", unlisted_name="Quentin", status="active"
    ),
    "a student, readers confirmed": lambda world: world.chosen_for_tray(),
    "a draft": lambda world: {"text": "Said she had no breakfast."},
    "an action": lambda world: world.typed(),
    "an edit": lambda world: world.edited(),
    "a category": lambda world: {"seen": "new", "name": "Vaping", "colour": "k4"},
    "the target Attendance": lambda world: {"target": str(world.category("Attendance"))},
    "a pupil to Bullying": lambda world: world.bulk("add", "Bullying"),
    "a pupil to Neglect": lambda world: world.bulk("add", "Neglect"),
    "a pupil out of Behaviour": lambda world: world.bulk("remove", "Behaviour"),
    "a tick at Bullying": lambda world: {"categories": [str(world.category("Bullying"))]},
    "words to find": lambda world: {"words": "corridor"},
    "a summary": lambda world: {"summary": "Lives with her aunt.", "summary_seen": "0"},
    "lead and head as its readers": lambda world: {
        "do": "seal",
        "first": str(world.cast.lead.user.pk),
        "second": str(world.cast.head.user.pk),
    },
    "a death": lambda world: {"do": "died", "died_on": "2026-10-30"},
    "a contact": lambda world: {
        "surname": "Okoro",
        "relationship": "Aunt",
        "priority": "2",
        "parental_responsibility": "no",
    },
    "a link": lambda world: {
        "do": "link",
        "student": str(world.students[1].pk),
        "relationship": "cousin",
        "note": "Same street",
    },
    "a sibling elsewhere": lambda world: {"do": "sibling", "name": "Kim", "school": "Birchwood"},
    "a court order": lambda world: {"who": "The mother's partner", "what": "May not come near."},
    "a yes to withholding": lambda world: {"withhold": "yes"},
    "an order": lambda world: {"keys": [item.key for item in world.action_form().items[::-1]]},
    "the form as it is": lambda world: {"seen": world.action_form().token},
    "a custom field": lambda world: {"name": "People Involved", "kind": "text"},
    "an advice message": lambda world: {"advice": "Who did what."},
    "an agency": lambda world: {"name": "Family Hub"},
    "the status Closed": lambda world: {"status": "closed"},
    "the deputy's alert": lambda world: {"alerts": [str(world.alert_of(world.cast.deputy))]},
    "a block of the teacher": lambda world: {"block": str(world.cast.teacher.user.pk)},
    "the lead's block lifted": lambda world: {"lift": str(world.cast.lead.user.pk)},
    "a linked student": lambda world: {"students": [str(world.students[1].pk)]},
    "a rule about Behaviour": lambda world: {"rules": [f"category:{world.category('Behaviour')}"]},
    "a colleague": lambda world: {"added": [str(world.cast.pastoral.user.pk)]},
    "a reason": lambda world: {"reason": "Left on Friday."},
    "one to merge into": lambda world: {"into": str(world.incident("Behaviour").pk)},
    "the category Behaviour": lambda world: {"categories": [str(world.category("Behaviour"))]},
    "another pupil and why": lambda world: {"student": [str(world.students[2].pk)], "reason": "Wrong twin."},
    "a yes": lambda world: {"decision": "confirm"},
    "a file": lambda world: {"file": SimpleUploadedFile("letter.txt", b"A letter.", "text/plain")},
    "a message to the helpdesk": lambda world: {
        "subject": "The import",
        "phone": "01632 960123",
        "message": "It has failed since Monday.",
    },
    "a map": lambda world: {
        "file": SimpleUploadedFile("hand.png", drawn(), "image/png"),
        "title": "Hand",
    },
    "a picture": lambda world: {"file": SimpleUploadedFile("logo.png", drawn(), "image/png")},
    "the settings": lambda world: filled_settings(idle_timeout_minutes=12),
    "an academic year": lambda world: {"year_start": "2026-09-02", "year_end": "2027-07-30"},
    "the school's name": lambda world: {"school": current_school().name, "shown": world.practice()},
    "a wrong name": lambda world: {"school": "Another School"},
    "a closure": lambda world: {"date": "2026-12-21", "until": "2027-01-01", "name": "Christmas"},
    "a restriction": lambda world: {"restrict": "on"},
    "the teacher as one of its people": lambda world: {"people": [str(world.cast.teacher.user.pk)]},
    "nobody's id as one of its people": lambda world: {"people": [str(uuid4())]},
    "a class": lambda world: {"groups": [str(world.group.pk)]},
    "a user of the MIS": lambda world: {
        "person": str(world.listed_by_mis()),
        "group": str(world.teachers),
    },
    "a supply teacher": lambda world: {
        "first_name": "Sam",
        "last_name": "Abel",
        "email": "s.abel@ashgrove.sch.example",
        "kind": "staff",
        "ends_on": f"{timezone.localdate() + timedelta(days=3):%Y-%m-%d}",
        "group": str(world.teachers),
    },
    "the teacher's details": lambda world: {
        "title": "Mr",
        "first_name": "Tom",
        "last_name": "Ellery",
        "email": world.cast.teacher.email,
        "extension": "214",
    },
    "Non-key staff as group": lambda world: {"group": str(world.user_group("Non-key staff"))},
    "the tick under the notice": lambda world: {"understood": "on"},
    "address and group": lambda world: {
        "email": "l.eaver@ashgrove.sch.example",
        "group": str(world.user_group("Non-key staff")),
    },
    "a taking back": lambda world: {"decision": "take_back"},
    "a user group": lambda world: filled_user_group(name="Midday", is_key_group="no", system=["add_entries"]),
    "less for Teachers": lambda world: filled_user_group(world.teachers, system=["add_entries"]),
    "more for Teachers": lambda world: filled_user_group(
        world.teachers, view_incidents=[str(world.category("Mental Health"))]
    ),
    "an alert group": lambda world: {
        "name": "Year 7",
        "members": [str(world.cast.teacher.user.pk)],
        "on_incidents": "on",
    },
    "a decision": lambda world: {"decision": "reject"},
    "a spreadsheet": lambda world: {
        "holds": "pupils",
        "file": SimpleUploadedFile("a.csv", b"UPN,Surname\n1,Lake\n"),
    },
    "columns": lambda world: {
        "upn": "0",
        "legal_surname": "1",
        "legal_forename": "2",
        "date_of_birth": "3",
        "start_date": "4",
    },
    "an extract": lambda world: {"file": SimpleUploadedFile("extract.zip", b"PK\5\6" + bytes(18))},
}


def filled_settings(**changes):
    """The form of "Settings" as a browser sends it: as it stands, with these changes."""
    from tenant_apps.school_settings.forms import SettingsForm

    form = SettingsForm()
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: "on" if value is True else value for name, value in values.items() if value is not False}


def filled_user_group(of=None, **changes):
    """The form of a user group as a browser sends it: of one as it stands, or of a new one."""
    from core.access import SYSTEM
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.staff.forms.groups import UserGroupForm
    from tenant_apps.staff.selectors import get_user_group

    categories = all_categories()
    group = get_user_group(SYSTEM, of, categories) if of else None
    form = UserGroupForm(group=group, categories=categories)
    return {name: form[name].value() or [] for name in form.fields} | changes


@pytest.fixture
def world(in_a, cast, students_a):
    return World(cast, students_a)


@contextmanager
def undone():
    """What is done inside is rolled back at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored():
    """A fingerprint of everything the current school stores, but for its audit and its sessions."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', count(*), sum(hashtextextended(row::text, 0)) FROM \"{name}\" AS row"
                for name in tables()
            )
        )
        return cursor.fetchall()


@cache
def tables():
    """The school's tables whose rows are its records."""
    apart = ("audit_auditevent", "django_session", "people_logintry")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return sorted(name for (name,) in cursor.fetchall() if name not in apart)
