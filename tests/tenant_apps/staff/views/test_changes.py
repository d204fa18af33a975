"""A second person decides about those who may see Restricting categories."""

import pytest

from core.audit.models import AuditEvent
from shared_apps.people.models import User
from tenant_apps.staff.models import PendingChange
from tests.tenant_apps.staff.conftest import member_of, texts_of
from tests.tenant_apps.staff.views.test_user_pages import details, path_of

NEW = "p.nair-new@ashgrove.sch.example"


@pytest.fixture
def asked(admin, cast):
    """The head asked for another address for the deputy, who is of the DSL/SLT."""
    answer = admin.post(path_of(cast.deputy), details(cast.deputy, email=NEW))
    assert answer.status_code == 302
    return PendingChange.objects.get()


def page_of(change):
    return f"/changes/{change.pk}/"


def email_of(person):
    return User.objects.get(pk=person.user.pk).email


@pytest.mark.spec("SAF-14")
def test_address_waits_and_is_told_in_words_where_it_concerns_somebody(
    admin, asked, cast, client_for, mailbox, run_outbox
):
    before = cast.deputy.email
    assert email_of(cast.deputy) == before
    run_outbox()
    mails = texts_of(mailbox)
    assert any(NEW in text and "second person" in text for text in mails[before])
    assert NEW not in mails
    # The default alert group hears of it: DSL/SLT, so the lead.
    (told,) = mails[cast.lead.email]
    assert "email address of Ms Nair" in told
    assert NEW not in told
    sentence = "Dr Coleman asked on"
    for browser, path in (
        (admin, "/admin/users/"),
        (admin, path_of(cast.deputy)),
        (client_for(cast.deputy), "/account/"),
        (client_for(cast.deputy, elevated=False), "/account/"),
        (client_for(cast.data), page_of(asked)),
    ):
        page = browser.get(path).content.decode()
        assert sentence in page, path
        assert NEW in page, path
    assert sentence not in client_for(cast.teacher).get("/account/").content.decode()


@pytest.mark.spec("SAF-14")
@pytest.mark.parametrize("part", ["data", "deputy"])
def test_another_administrator_or_the_person_confirms_it(asked, cast, client_for, part, mailbox, run_outbox):
    before = cast.deputy.email
    browser = client_for(getattr(cast, part))
    assert "Confirm" in browser.get(page_of(asked)).content.decode()
    assert browser.post(page_of(asked), {"decision": "confirm"}).status_code == 302
    assert email_of(cast.deputy) == NEW
    run_outbox()
    assert any("in force" in text for text in texts_of(mailbox)[before])
    asked.refresh_from_db()
    assert (asked.decision, asked.decided_by_id) == ("confirmed", getattr(cast, part).user.pk)
    assert AuditEvent.objects.filter(event="second_person.confirmed", record_id=asked.pk).exists()


@pytest.mark.spec("SAF-14")
def test_who_asked_can_only_take_it_back(admin, asked, cast):
    assert admin.post(page_of(asked), {"decision": "confirm"}).status_code == 403
    assert admin.post(page_of(asked), {"decision": "refuse"}).status_code == 403
    assert email_of(cast.deputy) != NEW
    assert admin.post(page_of(asked), {"decision": "take_back"}).status_code == 302
    asked.refresh_from_db()
    assert asked.decision == "taken_back"
    assert email_of(cast.deputy) != NEW


@pytest.mark.spec("SAF-14")
@pytest.mark.attack("A11")
def test_nobody_else_finds_it(asked, cast, client_for):
    for part in ("teacher", "support", "lead", "pastoral"):
        browser = client_for(getattr(cast, part))
        answer = browser.get(page_of(asked))
        assert answer.status_code == 404
        assert NEW not in answer.content.decode()
        assert browser.post(page_of(asked), {"decision": "confirm"}).status_code == 404
    # An administrator whose session was opened without the key is no administrator.
    assert client_for(cast.data, elevated=False).get(page_of(asked)).status_code == 404
    assert client_for().get(page_of(asked)).status_code == 302
    assert email_of(cast.deputy) != NEW


@pytest.mark.spec("SAF-14")
def test_decided_twice_counts_once(asked, cast, client_for):
    assert client_for(cast.data).post(page_of(asked), {"decision": "refuse"}).status_code == 302
    answer = client_for(cast.deputy).post(page_of(asked), {"decision": "confirm"})
    assert answer.status_code == 422
    assert "refused in the meantime" in answer.content.decode()
    assert email_of(cast.deputy) != NEW


@pytest.mark.spec("SAF-14")
@pytest.mark.parametrize("decision", ["", "apply", "confirm' OR 1=1"])
def test_anything_else_decides_nothing(asked, cast, client_for, decision):
    assert client_for(cast.data).post(page_of(asked), {"decision": decision}).status_code == 422
    asked.refresh_from_db()
    assert asked.decision == "waiting"


@pytest.mark.spec("SAF-14")
def test_a_second_change_of_the_kind_has_to_wait_for_the_first(admin, asked, cast):
    answer = admin.post(path_of(cast.deputy), details(cast.deputy, email="x@ashgrove.sch.example"))
    assert answer.status_code == 422
    assert "has to be confirmed, refused or taken back first" in " ".join(answer.content.decode().split())
    assert PendingChange.objects.count() == 1


@pytest.mark.spec("SAF-14")
def test_address_taken_while_it_waited_stays_waiting(asked, cast, client_for):
    User.objects.filter(pk=cast.teacher.user.pk).update(email=NEW)
    answer = client_for(cast.data).post(page_of(asked), {"decision": "confirm"})
    assert answer.status_code == 422
    assert "belongs to Tom Ellery" in answer.content.decode()
    asked.refresh_from_db()
    assert asked.decision == "waiting"


@pytest.mark.spec("SAF-14")
def test_move_into_a_restricting_group_waits_and_out_of_it_does_not(admin, cast, client_for, group):
    path = path_of(cast.teacher, "permissions/")
    assert admin.post(path, {"group": str(group("DSL/SLT"))}).status_code == 302
    assert member_of(cast.teacher).group.name == "Teachers"
    change = PendingChange.objects.get()
    page = client_for(cast.data).get(page_of(change)).content.decode()
    assert "move Mr Ellery from the user group “Teachers” to “DSL/SLT”" in page
    client_for(cast.data).post(page_of(change), {"decision": "confirm"})
    assert member_of(cast.teacher).group.name == "DSL/SLT"
    admin.post(path, {"group": str(group("Non-key staff"))})
    assert member_of(cast.teacher).group.name == "Non-key staff"


@pytest.mark.spec("SAF-14")
def test_administrator_cannot_let_themselves_in(client_for, cast, group):
    data = client_for(cast.data)
    data.post(path_of(cast.data, "permissions/"), {"group": str(group("Admin"))})
    change = PendingChange.objects.get()
    assert data.post(page_of(change), {"decision": "confirm"}).status_code == 403
    assert not cast.data.access.view_incidents & cast.head.access.viewable_restricting


@pytest.mark.spec("SAF-14", "KEY-49")
def test_keys_of_a_reader_of_restricting_categories_wait(admin, cast, client_for):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    admin.post(path_of(cast.deputy, "security-keys/"), {"understood": "on"})
    assert TOTPDevice.objects.filter(user=cast.deputy.user).exists()
    change = PendingChange.objects.get()
    # The person lost the key: the password's session has to do.
    person = client_for(cast.deputy, elevated=False)
    assert "remove all security keys of Ms Nair" in person.get("/account/").content.decode()
    assert person.post(page_of(change), {"decision": "confirm"}).status_code == 302
    assert not TOTPDevice.objects.filter(user=cast.deputy.user).exists()


@pytest.mark.spec("SAF-14")
def test_new_account_among_readers_is_mailed_to_the_default_alert_group(
    admin, listed, group, cast, mailbox, run_outbox
):
    for mis_id, name in (("S1", "DSL/SLT"), ("S2", "Teachers")):
        person = listed(mis_id, last_name=mis_id, email=f"{mis_id}@ashgrove.sch.example".lower())
        admin.post("/admin/users/new/", {"person": str(person.pk), "group": str(group(name))})
    run_outbox()
    told = [text for text in texts_of(mailbox)[cast.lead.email] if "opened an account" in text]
    assert len(told) == 1
    assert "Ruth S1" in told[0]
    assert not PendingChange.objects.exists()


@pytest.mark.spec("SAF-14", "USR-07")
def test_what_waits_about_a_leaver_never_comes_into_force(admin, asked, cast, client_for):
    admin.post(path_of(cast.deputy, "deactivate/"), {"successor": str(cast.lead.user.pk)})
    asked.refresh_from_db()
    assert asked.decision == "refused"
    assert client_for(cast.data).post(page_of(asked), {"decision": "confirm"}).status_code == 422
    assert email_of(cast.deputy) != NEW
