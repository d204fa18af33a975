"""Files on their way with a real concern: into the draft, to the incident, to those who may read it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.categories.selectors import all_categories
from tenant_apps.classes.models import StudentGroup
from tenant_apps.documents.adapters.uploads import receive_file
from tenant_apps.documents.selectors import documents_of, students_of
from tenant_apps.documents.services import UploadRefused
from tenant_apps.incidents.services import LinkedStudent, add_action, add_incident
from tenant_apps.students.models import Membership
from tests.tenant_apps.documents.conftest import MARKER


@pytest.fixture
def pupils(students_a):
    """Two pupils of one tutor group."""
    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.bulk_create(
        Membership(student=student, group=group, start_date="2026-01-01") for student in students_a[:2]
    )
    return students_a[:2]


@pytest.fixture
def send_file(client_for, cast, folder):
    """Uploads one file into a draft as the teacher, who uses no key."""

    def send(draft_id, name="note.txt"):
        client = client_for(cast.teacher, elevated=False)
        file = SimpleUploadedFile(name, MARKER)
        answer = client.post(f"/documents/upload/?draft={draft_id}", {"file": file})
        assert answer.status_code == 201
        return answer.json()["url"]

    return send


@pytest.fixture
def concern(pupils, cast, in_a):
    """Sends the draft as an incident of a category, linked to the second pupil."""
    ids = {category.name: category.id for category in all_categories()}

    def add(draft_id, category="Behaviour", **changes):
        return add_incident(
            incident_id=draft_id,
            student_id=pupils[0].id,
            text="Heard in the corridor.",
            category_ids=[ids[category]],
            happened_at=now(),
            by=cast.teacher.plain_access,
            linked=[LinkedStudent(pupils[1].id)],
            **changes,
        )

    return add


@pytest.mark.spec("INC-37")
@pytest.mark.spec("DOC-03")
@pytest.mark.parametrize("is_shared", [False, True])
def test_file_of_a_draft_goes_with_the_incident_into_the_pupils_vaults(send_file, concern, pupils, is_shared):
    draft_id = uuid7()
    send_file(draft_id)
    incident = concern(draft_id, share_documents=is_shared)
    (document,) = documents_of("incident", [incident.pk])[incident.pk]
    assert document.name == "note.txt"
    assert students_of(document.id) == [pupil.id for pupil in pupils[: 2 if is_shared else 1]]


@pytest.mark.spec("DOC-04")
def test_file_of_an_incident_opens_for_those_who_may_view_its_category(send_file, concern, client_for, cast):
    draft_id = uuid7()
    url = send_file(draft_id)
    assert client_for(cast.lead).get(url).status_code == 404
    # Teachers may add under this category and may not view it.
    concern(draft_id, "Home Issues")
    for reader in (cast.lead, cast.pastoral):
        assert client_for(reader).get(url).getvalue() == MARKER
    for person, elevated in (
        (cast.teacher, False),
        (cast.teacher, True),
        (cast.support, False),
        (cast.data, True),
    ):
        refused = client_for(person, elevated=elevated).get(url)
        assert refused.status_code == 404, person.part
        assert b"Ruby" not in refused.content


@pytest.mark.spec("ACT-13")
@pytest.mark.spec("ACT-18")
def test_file_of_an_action_goes_with_the_action(send_file, concern, client_for, cast, pupils):
    incident = concern(uuid7())
    action_id = uuid7()
    answer = client_for(cast.lead).post(
        f"/documents/upload/?draft={action_id}", {"file": SimpleUploadedFile("reply.txt", MARKER)}
    )
    action = add_action(
        action_id=action_id,
        incident_id=incident.pk,
        text="Rang home.",
        happened_at=now(),
        by=cast.lead.access,
    )
    (document,) = documents_of("action", [action.pk])[action.pk]
    assert document.name == "reply.txt"
    assert pupils[0].id in students_of(document.id)
    assert client_for(cast.deputy).get(answer.json()["url"]).getvalue() == MARKER


def test_file_that_arrives_after_the_entry_was_sent_is_said_not_lost(send_file, concern, cast, folder):
    draft_id = uuid7()
    send_file(draft_id)
    incident = concern(draft_id)
    late = RequestFactory().post("/", {"file": SimpleUploadedFile("late.txt", MARKER)})
    with pytest.raises(UploadRefused, match="Add it with an action") as refusal:
        receive_file(late, owner=("draft", draft_id), by=cast.teacher.plain_access)
    assert refusal.value.status == 409
    assert documents_of("draft", [draft_id]) == {}
    assert [document.name for document in documents_of("incident", [incident.pk])[incident.pk]] == [
        "note.txt"
    ]
