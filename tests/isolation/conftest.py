"""The same records in two schools: one UUID and one number, different words.

A 404 for another school's id proves little when that id stands nowhere else. Here every id stands in both
schools, so an answer can be right only by coming from the right one: it carries its own marker and never the
other's.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from core.tenancy import in_school
from tests.conftest import make_students

# One number and one id each for both schools; ONLY_B stands in Birchwood alone.
SHARED = {
    name: uuid7()
    for name in (
        "student_id",
        "group_id",
        "incident_id",
        "tray_id",
        "action_id",
        "draft_id",
        "document_id",
        "import_id",
        "map_id",
        "closure_id",
        "category_id",
        "agency_id",
        "reminder_id",
        "user_group_id",
        "alert_group_id",
        "user_id",
        "change_id",
        "session_id",
        "contact_id",
        "order_id",
        "field_id",
    )
}
ONLY_B = {name: uuid7() for name in SHARED}
MARKERS = {"a": "Quillfeather", "b": "Marrowdusk"}


@dataclass(frozen=True)
class Planted:
    """A school, somebody who may see everything in it, and what its pages say."""

    school: Any
    reader: Any
    marker: str
    waiting_id: UUID


def plant(school: Any, reader: Any, ids: dict[str, UUID], marker: str, monkeypatch: Any) -> UUID:
    """Put one record of every kind under these ids; the id of a category that waits for a key user."""
    from shared_apps.people.models import SignedInSession, User
    from tenant_apps.agencies.models import Agency
    from tenant_apps.categories.models import Category
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.documents.services import receive
    from tenant_apps.form_builder.models import CustomField, FormEdition, FormItem
    from tenant_apps.imports.models import Import
    from tenant_apps.incidents.models import ActionCategory
    from tenant_apps.incidents.selectors.marks import Marked
    from tenant_apps.incidents.services import Unlisted, add_action, add_incident, save_draft
    from tenant_apps.maps.models import Map
    from tenant_apps.monitoring.services import start
    from tenant_apps.planner.models import Reminder
    from tenant_apps.planner.services import set_reminder
    from tenant_apps.school_settings.models import Closure
    from tenant_apps.staff.models import (
        AlertGroup,
        AlertGroupMember,
        CategoryPermission,
        PendingChange,
        UserGroup,
    )
    from tenant_apps.staff.selectors import user_group_ids
    from tenant_apps.staff.services import add_member
    from tenant_apps.students.models import Contact, CourtOrder, Membership, Student
    from tenant_apps.students.services import (
        ContactGiven,
        CourtOrderGiven,
        add_contact,
        add_court_order,
        change_agencies,
        change_keywords,
        write_summary,
    )

    with in_school(school):
        student = make_students(f"{marker}-{str(ids['student_id'])[-4:]}-")[0]
        Student.objects.filter(pk=student.pk).update(id=ids["student_id"])
        StudentGroup.objects.create(
            pk=ids["group_id"], mis_id=str(ids["group_id"]), kind="tutor", name=f"7{marker}", sort_key="7"
        )
        Membership.objects.create(
            student_id=ids["student_id"], group_id=ids["group_id"], start_date="2026-01-01"
        )
        User.objects.create(
            pk=ids["user_id"],
            email=f"{ids['user_id']}@{marker}.sch.example".lower(),
            first_name="Robin",
            last_name=marker,
            sort_key=marker.lower(),
        )
        add_member(user_id=ids["user_id"], group_id=user_group_ids()["Teachers"], by=SYSTEM)
        SignedInSession.objects.create(
            pk=ids["session_id"],
            user=reader.lead.user,
            digest=ids["session_id"].hex,
            created_at=now(),
            last_seen_at=now(),
            agent=marker,
        )
        agency = f"{marker} {ids['agency_id']}"
        Agency.objects.create(pk=ids["agency_id"], name=agency, sort_key=agency)
        Category.objects.create(pk=ids["category_id"], name=f"{marker} {ids['category_id']}")
        CategoryPermission.objects.bulk_create(
            CategoryPermission(
                group=group,
                category_id=ids["category_id"],
                view_students=True,
                view_incidents=True,
                add_incidents=True,
            )
            for group in UserGroup.objects.filter(name__in=("Admin", "DSL/SLT", "Non-key staff"))
        )
        UserGroup.objects.create(pk=ids["user_group_id"], name=f"{marker} {ids['user_group_id']}")
        AlertGroup.objects.create(
            pk=ids["alert_group_id"], name=f"{marker} {ids['alert_group_id']}", sort_key=marker
        )
        AlertGroupMember.objects.create(group_id=ids["alert_group_id"], user=reader.lead.user)
        PendingChange.objects.create(
            pk=ids["change_id"],
            kind="email",
            user_id=ids["user_id"],
            payload={"before": f"{marker}@old.example", "email": f"{marker}@new.example"},
            asked_by=reader.data.user,
            asked_at=now(),
        )
        by = reader.lead.access
        start(
            student_ids=[ids["student_id"]],
            category_ids=[ids["category_id"]],
            by=by,
            source=("incident", ids["incident_id"]),
        )
        monkeypatch.setattr("tenant_apps.documents.services.receiving.uuid7", lambda: ids["document_id"])
        receive([marker.encode()], name=f"{marker}.txt", owner=("draft", ids["incident_id"]), by=by)
        monkeypatch.setattr("tenant_apps.documents.services.receiving.uuid7", uuid7)
        plan = receive([marker.encode()], name="map", owner=("map", ids["map_id"]), by=SYSTEM)
        Map.objects.create(
            pk=ids["map_id"],
            title=f"{marker} {ids['map_id']}",
            position=9,
            document_id=plan.pk,
            width=4,
            height=3,
        )
        add_incident(
            incident_id=ids["incident_id"],
            student_id=ids["student_id"],
            text=f"{marker} was seen by the gate.",
            category_ids=[ids["category_id"]],
            happened_at=now() - timedelta(hours=1),
            alert_user_ids=[reader.deputy.user.pk, reader.support.user.pk],
            marks=[Marked(ids["map_id"], 0.5, 0.5, f"{marker} fell here")],
            by=by,
        )
        add_incident(
            incident_id=ids["tray_id"],
            student_id=None,
            unlisted=Unlisted("not_listed", f"{marker} Junior", "3 Oak"),
            text=f"{marker} is not in the list.",
            category_ids=[ids["category_id"]],
            happened_at=now() - timedelta(hours=1),
            by=by,
        )
        write_summary(student_id=ids["student_id"], text=f"{marker} in one line", seen=0, by=SYSTEM)
        change_keywords(student_id=ids["student_id"], added=[f"{marker} word"], by=SYSTEM)
        change_agencies(student_id=ids["student_id"], added={ids["agency_id"]}, by=SYSTEM)
        face = receive([marker.encode()], name="photo.jpg", owner=("photo", ids["student_id"]), by=SYSTEM)
        Student.objects.filter(pk=ids["student_id"]).update(photo_document_id=face.pk)
        own = add_contact(
            student_id=ids["student_id"],
            given=ContactGiven(surname=marker, relationship="Social worker"),
            by=SYSTEM,
        )
        Contact.objects.filter(pk=own.pk).update(id=ids["contact_id"])
        order = add_court_order(
            student_id=ids["student_id"], given=CourtOrderGiven(who=marker, what="No contact."), by=SYSTEM
        )
        CourtOrder.objects.filter(pk=order.pk).update(id=ids["order_id"])
        reminder = set_reminder(text=f"{marker} to ring", due_at=now() + timedelta(hours=1), by=by)
        Reminder.objects.filter(pk=reminder.pk).update(id=ids["reminder_id"])
        save_draft(draft_id=ids["draft_id"], content={"text": [f"{marker} draft"]}, by=by)
        Import.objects.create(
            pk=ids["import_id"], file_name=f"{marker}.zip", uploaded_at=now(), source="upload"
        )
        Closure.objects.create(
            pk=ids["closure_id"],
            date=date(2026, 12, 21) + timedelta(days=Closure.objects.count()),
            name=marker,
        )
        edition = FormEdition.objects.get(form="incident", published_at__isnull=False)
        CustomField.objects.create(pk=ids["field_id"], form="incident", kind="text")
        FormItem.objects.create(
            edition=edition,
            position=edition.items.count(),
            field_id=ids["field_id"],
            name=f"{marker} {ids['field_id']}",
        )
        other = Category.objects.get(name="Behaviour")
        add_action(
            action_id=ids["action_id"],
            incident_id=ids["incident_id"],
            text=f"{marker} again.",
            happened_at=now(),
            category_ids=[other.pk],
            by=reader.support.access,
        )
        waiting = ActionCategory.objects.filter(
            action__incident_id=ids["incident_id"], state="waiting"
        ).first()
        return waiting.pk if waiting else uuid7()


@pytest.fixture
def twins(school_a: Any, school_b: Any, cast: Any, cast_b: Any, monkeypatch: Any) -> dict[str, Planted]:
    """Both schools with the same ids, and Birchwood with a second set that stands nowhere else."""
    found = {}
    for letter, school, people in (("a", school_a, cast), ("b", school_b, cast_b)):
        waiting = plant(school, people, SHARED, MARKERS[letter], monkeypatch)
        found[letter] = Planted(school, people, MARKERS[letter], waiting)
    plant(school_b, cast_b, ONLY_B, MARKERS["b"], monkeypatch)
    return found
