"""A15, A16: what is taken away is gone with the next request of a session that is open."""

import pytest

from core.access import SYSTEM

WORDS = "words under a category that is taken away"


@pytest.fixture
def reading(client_for, cast, add, students_a):
    """The deputy's open session, in which the incident was just read; its address and the chronology's."""
    incident = add("Child Protection", text=WORDS, alert_user_ids=[cast.head.user.pk])
    client = client_for(cast.deputy)
    log = f"/students/{students_a[0].pk}/incidents/"
    assert WORDS in client.get(log).content.decode()
    return client, log, f"/incidents/{incident.pk}/"


def group_of(person):
    from tenant_apps.staff.models import StaffMember

    return StaffMember.objects.get(user_id=person.user.pk).group


def assert_gone(client, paths, statuses):
    for path, status in zip(paths, statuses, strict=True):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert WORDS not in answer.content.decode()


@pytest.mark.attack("A15")
def test_moved_to_a_group_without_rights(reading, cast):
    from tenant_apps.staff.services import move_to_group

    client, log, entry = reading
    move_to_group(user_id=cast.deputy.user.pk, group_id=group_of(cast.support).pk, by=SYSTEM)
    assert_gone(client, [log, f"{log}pdf/", entry, f"{entry}print/"], [403, 403, 404, 404])
    assert client.post(f"{entry}status/", {"status": "closed"}).status_code in {403, 404}
    assert "Quick Student Search" not in client.get("/").content.decode()


@pytest.mark.attack("A15")
def test_category_taken_from_the_group(reading, cast, category):
    from tenant_apps.staff.models import CategoryPermission

    client, log, entry = reading
    CategoryPermission.objects.filter(
        group=group_of(cast.deputy), category_id=category("Child Protection")
    ).delete()
    assert_gone(client, [log, entry, f"{entry}print/"], [200, 404, 404])


@pytest.mark.attack("A15")
def test_permission_of_the_system_taken_from_the_group(reading, cast, category, typed):
    from core.access import SystemPermission
    from tenant_apps.incidents.models import Incident
    from tenant_apps.staff.models import UserGroup

    client, log, entry = reading
    group = group_of(cast.deputy)
    UserGroup.objects.filter(pk=group.pk).update(
        system_permissions=sorted(
            set(group.system_permissions)
            - {SystemPermission.VIEW_STUDENT_DETAILS.value, SystemPermission.ADD_ENTRIES.value}
        )
    )
    assert_gone(client, [log, f"{log}pdf/", "/incidents/add/"], [403, 403, 403])
    assert client.post("/incidents/add/", typed()).status_code == 403
    assert client.get(entry).status_code == 200
    assert Incident.objects.count() == 1


@pytest.mark.attack("A15")
def test_class_taken_from_the_person(client_for, cast, add, in_class, students_a):
    from tenant_apps.classes.services import set_group_people, set_restricted_kinds

    incident = add("Behaviour", text=WORDS)
    set_restricted_kinds(kinds=["tutor"], by=SYSTEM)
    set_group_people(group_id=in_class.pk, user_ids=[cast.teacher.user.pk], by=SYSTEM)
    client, log = client_for(cast.teacher), f"/students/{students_a[0].pk}/incidents/"
    assert WORDS in client.get(log).content.decode()
    set_group_people(group_id=in_class.pk, user_ids=[], by=SYSTEM)
    paths = [
        log,
        f"/students/{students_a[0].pk}/",
        f"/incidents/{incident.pk}/",
        f"/students/register/{in_class.pk}/",
    ]
    assert_gone(client, paths, [404, 404, 404, 404])


@pytest.mark.attack("A15")
def test_key_removed(reading, cast):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    client, log, entry = reading
    TOTPDevice.objects.filter(user_id=cast.deputy.user.pk).delete()
    assert_gone(client, [log, f"{log}pdf/", entry], [403, 403, 404])


@pytest.mark.attack("A16")
def test_leavers_session_and_link_end_with_the_account(reading, cast, client_for, mailbox, run_outbox):
    import re

    from shared_apps.people.services import set_active

    client, log, entry = reading
    visitor = client_for()
    visitor.post("/reset/", {"email": cast.deputy.email})
    run_outbox()
    texts = [mail.message.get_body(("plain",)).get_content() for mail in mailbox.messages()]
    (link,) = re.findall(r"/reset/[\w-]{20,}/", " ".join(texts))
    assert b'type="password"' in visitor.get(link).content

    set_active(user_id=cast.deputy.user.pk, is_active=False, by=SYSTEM)
    assert_gone(client, [log, f"{log}pdf/", entry, "/"], [302] * 4)
    assert client.get(log)["Location"].startswith("/login/")
    assert client.post(f"{entry}read/").status_code == 302
    assert b'type="password"' not in visitor.get(link).content
    visitor.post(link, {"password": "Copper!Lantern-58"})
    credentials = {"email": cast.deputy.email, "password": "Copper!Lantern-58"}
    assert visitor.post("/login/", credentials).status_code == 422


@pytest.mark.attack("A15")
def test_alert_read_in_another_window_closes_this_one(client_for, cast, add):
    """What an alert opened for somebody without a key is shut as soon as it is marked read."""
    entry = f"/incidents/{add('Child Protection', text=WORDS, alert_user_ids=[cast.support.user.pk]).pk}/"
    one, other = client_for(cast.support), client_for(cast.support)
    assert WORDS in one.get(entry).content.decode()
    other.post(f"{entry}read/")
    assert_gone(one, [entry, f"{entry}print/"], [404, 404])
