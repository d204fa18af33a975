"""A30 and A52 on every page: markup in every text that is stored, and hostile values in every filter."""

from copy import copy

import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.db.clock import now
from tests.access.conftest import FORMS, RELATIONS, undone, world
from tests.access.matrix import ROLES, ROWS
from tests.attacks.conftest import body_of
from tests.attacks.planting import HARMFUL, SCRIPT, plant

__all__ = ["world"]

URLS = "config.urls_school"
READERS = {
    role.name: role
    for role in ROLES
    if role.part in {"support", "lead", "head"} and role.is_elevated != (role.part == "support")
}
# The first row of each route that shows something.
PAGES = list(
    {
        row.route: row
        for row in reversed(ROWS)
        if (row.host, row.method) == ("school", "GET") and "S" in row.letters
    }.values()
)


def readers(row):
    """Who may see the page and has most on it, and who sees it without a key."""
    seen = [name for name, role in READERS.items() if row.letters[ROLES.index(role)] == "S"]
    return [
        *[name for name in ("lead", "head") if name in seen][:1],
        *(name for name in seen if name == "support"),
    ]


# What these relations of the matrix make; together with `furnish` one row of everything.
MADE_BY = (
    "of a pupil",
    "under Child Protection, not copied",
    "kept by hand",
    "that stands",
    "of a closure",
    "of an import",
    "of a spreadsheet",
    "of the lead",
    "of the teacher's session",
    "of the teacher's draft",
    "that was deleted",
    "in the tray",
    "waiting on an Early Help incident",
    "of a pupil sealed for lead and head",
    "with a photograph",
)


def furnish(world, client_for):
    """One thing of every kind that somebody types."""
    for relation in MADE_BY:
        RELATIONS[relation](world)
    world.listed_by_mis()
    lead, pupil = client_for(world.cast.lead), world.students[0].pk
    for route, form in (("links", "a link"), ("links", "a sibling elsewhere"), ("edit", "a summary")):
        address = reverse(f"profile:{route}", urlconf=URLS, args=[pupil])
        assert lead.post(address, FORMS[form](world)).status_code == 302, form
    _keep_what_has_no_form_here(world)


def _keep_what_has_no_form_here(world):
    from shared_apps.people.models import WebAuthnKey
    from tenant_apps.alerts.models import AlertRemoval
    from tenant_apps.attendance.models import YearElsewhere
    from tenant_apps.students.models import SchoolAttended
    from tenant_apps.students.services import change_answers, change_keywords

    SchoolAttended.objects.create(student=world.students[0], name="Birchwood")
    YearElsewhere.objects.create(
        student=world.students[0], school_name="Birchwood", possible=100, attended=90
    )
    change_keywords(student_id=world.students[0].pk, added=["asthma"], by=SYSTEM)
    told = world.answer("student", "Only by phone.")
    change_answers(student_id=world.students[0].pk, answers=[told], seen={told.field_id: None}, by=SYSTEM)
    lead, head, moment = world.cast.lead.user, world.cast.head.user, now()
    AlertRemoval.objects.create(user=lead, removed_by=head, removed_at=moment, reason="Left.", count=2)
    WebAuthnKey.objects.create(
        user=lead, name="Blue", created_at=moment, credential_id=b"1", credential=b"1", sign_count=0
    )


@pytest.mark.attack("A30")
def test_markup_in_every_text_is_text_on_every_page(as_owner, world, client_for, cast):
    """Whatever a model keeps of what people type: a new field is planted, a new page is read, by itself."""
    furnish(world, client_for)
    # A model without a row would prove nothing: say above how one is made.
    with undone():
        assert plant() == set()
    browsers = {
        name: client_for(getattr(cast, role.part), elevated=role.is_elevated)
        for name, role in READERS.items()
    }
    broken, shown = [], 0
    for row in PAGES:
        with undone():
            address = reverse(row.route, urlconf=URLS, kwargs=RELATIONS[row.relation](copy(world)))
            plant()
            for role in readers(row):
                response = browsers[role].get(f"{address}?q={SCRIPT}", follow=True)
                body = body_of(response)
                if response.status_code >= 500:
                    broken.append((row.title, role, response.status_code))
                if "html" in response.headers.get("Content-Type", ""):
                    broken += [(row.title, role, mark) for mark in HARMFUL if mark in body]
                    shown += b"&lt;script&gt;alert(1)" in body
    assert broken == []
    assert shown > len(PAGES) / 2
