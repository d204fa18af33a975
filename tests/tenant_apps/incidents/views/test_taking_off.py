"""On the edit page files are removed and students unlinked; the record's history keeps both."""

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def save(client_for, category):
    """Posts the edit form of an incident or action as the lead, confirming who would read it."""

    def make(path, written, person, **changes):
        client, local = client_for(person), timezone.localtime(written.happened_at)
        page = client.get(path).content.decode()
        given = {
            "text": written.text,
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
            "categories": [str(category("Behaviour"))],
            "seen": page.split('name="seen" value="')[1].split('"')[0],
        } | changes
        answer = client.post(path, given)
        if answer.status_code == 422 and "confirm_readers" in answer.content.decode():
            key = answer.content.decode().split('name="confirm_readers" value="')[1].split('"')[0]
            answer = client.post(path, given | {"confirm_readers": key})
        return answer

    return make


@pytest.fixture
def shared(cast, add, students_a, moment):
    """An incident with a file, a linked student with the full text, and an action copied with its file."""
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, add_action, claim_draft

    by, draft, second = cast.lead.access, uuid7(), uuid7()
    for owner, name in ((draft, "photo.pdf"), (second, "letter.pdf")):
        claim_draft(by, owner)
        receive(iter([b"%PDF-1.4 " + name.encode()]), name=name, owner=("draft", owner), by=by)
    linked = [LinkedStudent(students_a[1].pk, "sibling")]
    incident = add(incident_id=draft, linked=linked, share_documents=True)
    action = add_action(
        action_id=second,
        incident_id=incident.pk,
        text="Rang mum at work.",
        happened_at=moment,
        copies_to_linked=True,
        share_documents=True,
        by=by,
    )
    return incident, action


def document_of(owner):
    from tenant_apps.documents.models import Document

    return Document.objects.get(owner_id=owner.pk)


@pytest.mark.spec("EDT-05", "EDT-06")
@pytest.mark.parametrize("part", [0, 1], ids=["incident", "action"])
def test_removed_file_leaves_every_list_and_stays_in_history(
    client_for, cast, shared, save, students_a, part
):
    from core.audit.models import AuditEvent

    written = shared[part]
    stem = "/incidents/" if part == 0 else "/incidents/actions/"
    document = document_of(written)
    address, log = f"/documents/{document.pk}/", f"/students/{students_a[0].pk}/incidents/"
    assert (
        f"Remove {document.name}" in client_for(cast.lead).get(f"{stem}{written.pk}/edit/").content.decode()
    )
    changed = save(f"{stem}{written.pk}/edit/", written, cast.lead, remove_files=[str(document.pk)])
    assert changed.status_code == 302
    for person in (cast.teacher, cast.lead):
        assert document.name not in client_for(person).get(log).content.decode()
    assert client_for(cast.teacher).get(address).status_code == 404
    history = client_for(cast.lead).get(f"{stem}{written.pk}/history/").content.decode()
    assert f"<del>{document.name}</del>" in history
    assert address in history
    # Editors open what it was before; nothing of it was erased.
    opened = client_for(cast.lead).get(address)
    assert document.name.encode() in b"".join(opened.streaming_content)
    document.refresh_from_db()
    assert (document.state, document.deleted_by_id) == ("kept", cast.lead.user.pk)
    assert AuditEvent.objects.filter(event="document.taken_off", user_id=cast.lead.user.pk).count() == 1


@pytest.mark.spec("EDT-05")
def test_only_a_file_of_this_record_is_removed(cast, shared, save):
    incident, action = shared
    other = document_of(action)
    refused = save(f"/incidents/{incident.pk}/edit/", incident, cast.lead, remove_files=[str(other.pk)])
    assert refused.status_code == 422
    other.refresh_from_db()
    assert other.deleted_at is None


@pytest.mark.spec("EDT-05", "EDT-02")
def test_who_may_not_edit_or_use_files_removes_none(client_for, cast, shared):
    from dataclasses import replace

    from django.core.exceptions import PermissionDenied

    from core.access.enums import SystemPermission
    from tenant_apps.incidents import selectors, services

    incident, _ = shared
    document = document_of(incident)
    path = f"/incidents/{incident.pk}/edit/"
    assert client_for(cast.teacher).post(path, {"remove_files": [str(document.pk)]}).status_code == 403
    without = replace(
        cast.lead.access,
        system=cast.lead.access.system - {SystemPermission.FILES},
    )
    assert selectors.editable_incident(without, incident.pk).files == ()
    with pytest.raises(PermissionDenied):
        services.edit_incident(
            incident_id=incident.pk,
            seen=selectors.latest_version(incident),
            text="New words.",
            happened_at=incident.happened_at,
            category_ids=incident.carried.values_list("category", flat=True),
            removed_files=[document.pk],
            by=without,
        )
    document.refresh_from_db()
    assert document.deleted_at is None


@pytest.mark.spec("EDT-04", "EDT-06", "SAF-09")
def test_unlinked_students_log_and_vault_lose_it_and_history_keeps_it(
    client_for, cast, shared, save, students_a
):
    from core.audit.models import AuditEvent
    from tenant_apps.documents.models import DocumentStudent

    incident, action = shared
    sibling = students_a[1]
    log = f"/students/{sibling.pk}/incidents/"
    before = client_for(cast.lead).get(log).content.decode()
    assert "corridor" in before
    assert "Rang mum" in before
    assert DocumentStudent.objects.filter(student=sibling).count() == 2
    path = f"/incidents/{incident.pk}/edit/"
    assert save(path, incident, cast.lead, **{f"unlink_{sibling.pk}": "on"}).status_code == 302
    after = client_for(cast.lead).get(log).content.decode()
    for words in ("corridor", "Rang mum", f"incident no. {incident.number}", "photo.pdf"):
        assert words not in after
    assert not DocumentStudent.objects.filter(student=sibling).exists()
    assert (
        "corridor" in client_for(cast.lead).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    )
    history = client_for(cast.lead).get(f"/incidents/{incident.pk}/history/").content.decode()
    assert f"<del>{sibling.preferred_forename or sibling.legal_forename}" in history
    assert str(sibling.pk) in str(action.versions.order_by("made_at", "id").first().snapshot["students"])
    edited = AuditEvent.objects.get(event="incident.edited")
    assert sibling.pk in edited.student_ids


@pytest.mark.spec("SAF-06")
def test_who_was_kept_away_for_the_unlinked_student_is_named_first(
    client_for, cast, shared, students_a, category
):
    """D9: unlinking lets somebody read it whom the student's own block kept from it."""
    from tenant_apps.students.services import block_student_reader

    incident, _ = shared
    block_student_reader(student_id=students_a[1].pk, user_id=cast.teacher.user.pk, by=cast.head.access)
    assert client_for(cast.teacher).get(f"/incidents/{incident.pk}/").status_code == 404
    path, client = f"/incidents/{incident.pk}/edit/", client_for(cast.lead)
    page = client.get(path).content.decode()
    local = timezone.localtime(incident.happened_at)
    asked = client.post(
        path,
        {
            "text": incident.text,
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
            "categories": [str(category("Behaviour"))],
            "seen": page.split('name="seen" value="')[1].split('"')[0],
            f"unlink_{students_a[1].pk}": "on",
        },
    )
    assert asked.status_code == 422
    assert cast.teacher.user.full_name in asked.content.decode().split("Will be able to read it:")[1][:200]
    assert incident.participants.count() == 2


@pytest.mark.spec("EDT-05")
def test_names_of_the_unlinked_are_hidden_too(client_for, cast, shared, save, students_a):
    incident, _ = shared
    sibling = students_a[1]
    save(f"/incidents/{incident.pk}/edit/", incident, cast.lead, **{f"unlink_{sibling.pk}": "on"})
    client = client_for(cast.lead)
    history = f"/incidents/{incident.pk}/history/"
    assert sibling.legal_surname in client.get(history).content.decode()
    client.post("/hide-names/", {})
    assert sibling.legal_surname not in client.get(history).content.decode()
