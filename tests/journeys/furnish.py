"""Fills a school that was just provisioned with one thing of every kind that a page shows.

`python -m tests.journeys.furnish SUBDOMAIN`; prints the ids that addresses need, as JSON.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def main(subdomain: str) -> None:
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import django

    django.setup()
    from core.tenancy import in_school
    from tenants.selectors import get_school_by_subdomain

    school = get_school_by_subdomain(subdomain)
    with in_school(school):
        people = give_keys()
        fields = add_fields()
        ids = {**import_pupils(school.urn), **add_records(people, fields), **add_people(people)}
    sys.stdout.write(json.dumps({name: str(value) for name, value in ids.items()}) + "\n")


def give_keys() -> dict[str, Any]:
    """The password of all tests, and a soft key for those of the cast who have one; the users by part."""
    from django.contrib.auth.hashers import make_password
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from shared_apps.people.models import User
    from tests.data.schools import CAST, PASSWORD, TOTP_KEY, WITH_KEY

    User.objects.update(password=make_password(PASSWORD))
    people = {part: User.objects.get(last_name=surname) for part, _, _, surname, _ in CAST}
    for part in WITH_KEY:
        TOTPDevice.objects.create(user=people[part], name="Phone", key=TOTP_KEY, confirmed=True)
    return people


def access_of(user: Any, *, is_elevated: bool = True) -> Any:
    from django.conf import settings
    from django.utils.module_loading import import_string

    return import_string(settings.ACCESS_LOADER)(user, is_elevated=is_elevated)


def import_pupils(urn: str) -> dict[str, Any]:
    """Six pupils of 7A, whose access is restricted; a later import brings a class of which nobody is told."""
    from core.access import SYSTEM
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.imports.services import apply_import, receive_extract
    from tests.journeys.set_up import extract_for

    book = extract_for("a")
    book.urn = urn
    import_id = receive_extract([book.pack()], file_name="extract.zip", source="command", by=SYSTEM)
    apply_import(import_id=import_id)
    # One more that waits for somebody to say which column is which.
    sheet = receive_extract(
        [b"UPN,Surname\n1,Lake\n"], file_name="a.csv", source="upload", by=SYSTEM, form="pupils"
    )
    return {"import": import_id, "sheet": sheet, "class": StudentGroup.objects.get(mis_id="G1").pk}


def add_fields() -> dict[str, Any]:
    """A custom field of every kind on every form, with advice; an answer in each, by form."""
    from core.access import SYSTEM
    from tenant_apps.form_builder.adapters import AnswerGiven
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.services import publish, save_field, set_advice

    said = {
        Kind.DROPDOWN: "The yard",
        Kind.TEXT: "Her aunt, at the gate",
        Kind.MULTILINE: "A boy of year 8.\n\nHis sister, who saw it.",
        Kind.DATE: "2026-03-04",
        Kind.DATETIME: "2026-03-04T14:05:00+00:00",
    }
    answers: dict[str, Any] = {form: [] for form in Form}
    for form in Form:
        for place, kind in enumerate(Kind):
            name = f"{kind.label} of the school’s own"
            options = ["The hall", "The yard"] if kind == Kind.DROPDOWN else []
            advice = "Say it in one line, as in a mail to the parents."
            field = save_field(form=form, name=name, kind=kind, options=options, advice=advice, by=SYSTEM)
            answers[form].append(AnswerGiven(field, name, kind, (said[kind],), position=50 + place))
        several = {"options": ["Bus", "Bicycle", "On foot"], "allows_multiple": True, "is_enforced": True}
        save_field(form=form, name="Which of these", kind=Kind.DROPDOWN, by=SYSTEM, **several)
        set_advice(form=form, key="agencies", advice="Tick those you have rung.", by=SYSTEM)
        publish(form=form, by=SYSTEM)
    return answers


def add_records(people: dict[str, Any], answers: dict[str, Any]) -> dict[str, Any]:
    """Incidents with an action, alerts and a linked student, a blocked reader and a reminder."""
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.selectors.marks import Marked
    from tenant_apps.incidents.services import (
        LinkedStudent,
        Unlisted,
        add_action,
        add_incident,
        block_incident_reader,
        edit_incident,
    )
    from tenant_apps.maps.selectors import enabled_maps
    from tenant_apps.planner.services import set_reminder
    from tenant_apps.students.models import Student
    from tenant_apps.students.services import (
        ContactGiven,
        CourtOrderGiven,
        add_contact,
        add_court_order,
        change_answers,
        withhold_address,
    )

    lead, head = access_of(people["lead"]), access_of(people["head"])
    amelia, minh = (Student.objects.get(legal_forename=name) for name in ("Amelia", "Minh"))
    body = enabled_maps()[0]
    named = {view.name: view.id for view in all_categories()}
    incident = add_incident(
        incident_id=uuid7(),
        student_id=amelia.pk,
        text="Pushed in the corridor by the hall. Went to the school nurse, who saw a bruise on the arm.",
        category_ids=[named["Bullying"], named["Cause for Concern"]],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[people["lead"].pk, people["head"].pk, people["support"].pk],
        linked=[LinkedStudent(minh.pk, "sibling")],
        marks=[Marked(body.id, 0.3, 0.43, "Bruise, left forearm"), Marked(body.id, 0.7, 0.3)],
        answers=answers["incident"],
        by=access_of(people["deputy"]),
    )
    action = add_action(
        action_id=uuid7(),
        incident_id=incident.pk,
        text="Rang home at 14.20. Ms Hughes comes in at 15.30.",
        happened_at=now(),
        answers=answers["action"],
        by=lead,
    )
    unlisted = add_incident(
        incident_id=uuid7(),
        student_id=None,
        unlisted=Unlisted("not_listed", "Quentin Marrowdusk", "3 Oak"),
        text="Came without a coat and without lunch.",
        category_ids=[named["Cause for Concern"]],
        happened_at=now() - timedelta(hours=2),
        by=access_of(people["support"], is_elevated=False),
    )
    edit_incident(
        incident_id=incident.pk,
        seen=latest_version(incident),
        text=f"{incident.text} The nurse put ice on it.",
        happened_at=incident.happened_at,
        category_ids=[named["Bullying"]],
        by=lead,
    )
    block_incident_reader(incident_id=incident.pk, user_id=people["teacher"].pk, by=head)
    given = ContactGiven(surname="Marsh", relationship="Social worker", work_phone="01632 960123")
    contact = add_contact(student_id=amelia.pk, given=given, by=lead)
    order = CourtOrderGiven(who="The father", what="No contact outside school.")
    court_order = add_court_order(student_id=amelia.pk, given=order, by=lead)
    told = answers["student"]
    nothing = {one.field_id: None for one in told}
    change_answers(student_id=amelia.pk, answers=told, seen=nothing, by=lead)
    withhold_address(student_id=amelia.pk, contact_id=None, is_withheld=True, by=lead)
    reminder = set_reminder(text="Ring the school nurse", due_at=now() + timedelta(hours=1), by=lead)
    return {
        "incident": incident.pk,
        "action": action.pk,
        "unlisted": unlisted.pk,
        "student": amelia.pk,
        "contact": contact.pk,
        "court_order": court_order.pk,
        "category": named["Cause for Concern"],
        "reminder": reminder.pk,
        "map": body.id,
    }


def add_people(people: dict[str, Any]) -> dict[str, Any]:
    """A leaver, somebody for a term, a change that waits, a second alert group and an agency without use."""
    from core.access import SYSTEM
    from core.db.clock import now
    from tenant_apps.agencies.models import Agency
    from tenant_apps.alerts.services import set_rules_of
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.school_settings.services import add_closure
    from tenant_apps.staff.models import AlertGroup
    from tenant_apps.staff.selectors import user_group_ids
    from tenant_apps.staff.services import second_person
    from tenant_apps.staff.services.user_rules import Name
    from tenant_apps.staff.services.users_closing import deactivate_user
    from tenant_apps.staff.services.users_creating import create_outside_mis

    head, lead = access_of(people["head"]), people["lead"]
    groups = user_group_ids()
    domain = lead.email.partition("@")[2]
    made = [
        create_outside_mis(
            name=Name(title="Ms", first_name=first, last_name=last, job_title="Supply teacher"),
            email=f"{first[0]}.{last}@{domain}".lower(),
            group_id=groups["Teachers"],
            ends_at=now() + timedelta(days=40),
            by=head,
        )
        for first, last in (("Lee", "Eaver"), ("Sam", "Upply"))
    ]
    deactivate_user(user_id=made[0], by=head)
    change = second_person.ask(
        kind="email",
        user_id=lead.pk,
        payload={"before": lead.email, "email": f"d.okafor2@{domain}"},
        by=head,
    )
    behaviour = next(view.id for view in all_categories() if view.name == "Behaviour")
    set_rules_of(user_id=people["pastoral"].pk, wanted={("category", behaviour): False}, by=head)
    add_closure(date=(now() + timedelta(days=(7 - now().weekday()))).date(), name="Training day", by=SYSTEM)
    return {
        "teacher": people["teacher"].pk,
        "leaver": made[0],
        "change": change.pk,
        "user_group": groups["Teachers"],
        "alert_group": AlertGroup.objects.get(is_default=True).pk,
        "agency": Agency.objects.first().pk,
        "pastoral": people["pastoral"].pk,
        "lead": lead.pk,
    }


if __name__ == "__main__":
    main(sys.argv[1])
