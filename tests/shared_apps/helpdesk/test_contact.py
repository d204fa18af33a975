""" "Contact Support" as people at a school meet it."""

import re
from html import unescape

import pytest

ADDRESS = "/contact-support/"
KEY_FORM = {"subject": "The import", "phone": "01632 960123", "message": "It has failed since Monday."}


def text(response):
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def fields(response):
    return set(re.findall(r'<(?:input|textarea)[^>]*name="(subject|phone|message|confirm)"', text(response)))


@pytest.mark.spec("EXT-07")
@pytest.mark.parametrize("part", ["support", "teacher", "lead", "head"])
def test_every_page_leads_to_the_form(in_a, client_for, cast, part):
    browser = client_for(getattr(cast, part))
    page = text(browser.get("/"))
    assert re.search(rf'<a[^>]*href="{ADDRESS}"[^>]*>.{{0,2000}}?Contact Support', page)
    assert page.index("Contact Support") < page.index("<h1")
    assert browser.get(ADDRESS).status_code == 200


@pytest.mark.spec("EXT-08")
@pytest.mark.spec("EXT-09")
def test_key_users_give_subject_phone_and_message_others_a_message(in_a, client_for, cast):
    assert fields(client_for(cast.lead).get(ADDRESS)) == {"subject", "phone", "message"}
    assert fields(client_for(cast.support).get(ADDRESS)) == {"message"}
    assert fields(client_for(cast.lead, elevated=False).get(ADDRESS)) == {"message"}


@pytest.mark.spec("EXT-11")
@pytest.mark.spec("SAF-57")
def test_form_says_when_to_telephone_what_must_be_written_and_not_to_name_a_child(
    in_a, client_for, cast, settings
):
    settings.SUPPORT_TELEPHONE = "01632 960777"
    page = text(client_for(cast.support).get(ADDRESS))
    assert "URGENT" in page
    assert "01632 960777" in page
    assert "Official requests" in page
    assert "must come in writing" in page
    assert "Do not name a child" in page
    assert "after 12 months" in page


@pytest.mark.spec("EXT-08")
def test_request_reaches_the_operators_and_leaves_the_school(
    in_a, client_for, cast, run_outbox, written, waiting, school_a
):
    from core.audit.models import AuditEvent

    assert client_for(cast.lead).post(ADDRESS, KEY_FORM).status_code == 302
    assert (waiting(), written()) == (1, [])
    run_outbox()
    (request,) = written()
    assert waiting() == 0
    assert (request.school_id, request.user_id) == (school_a.id, cast.lead.user.pk)
    assert (request.subject, request.phone, request.message) == tuple(KEY_FORM.values())
    assert (request.from_name, request.from_email) == (cast.lead.user.full_name, cast.lead.user.email)
    assert request.is_key_user
    assert AuditEvent.objects.filter(event="support_request.sent", record_id=request.pk).exists()


@pytest.mark.spec("EXT-09")
def test_message_alone_is_enough_without_a_key(in_a, client_for, cast, run_outbox, written):
    sent = {"message": "I cannot log in.", "subject": "smuggled", "phone": "smuggled"}
    assert client_for(cast.support).post(ADDRESS, sent).status_code == 302
    run_outbox()
    (request,) = written()
    assert (request.message, request.subject, request.phone) == ("I cannot log in.", "", "")
    assert not request.is_key_user


def test_handing_over_twice_makes_one_request(in_a, cast, written):
    from shared_apps.helpdesk.services import ask, hand_over

    request = ask(message="Help", by=cast.support.access)
    assert hand_over(request_id=request.pk)
    assert not hand_over(request_id=request.pk)
    assert len(written()) == 1


@pytest.mark.parametrize("missing", ["subject", "phone", "message"])
def test_what_is_missing_is_asked_for_and_the_rest_kept(in_a, client_for, cast, waiting, missing):
    response = client_for(cast.lead).post(ADDRESS, KEY_FORM | {missing: " "})
    assert response.status_code == 422
    for name, value in KEY_FORM.items():
        assert (value in text(response)) == (name != missing)
    assert waiting() == 0


@pytest.mark.spec("SAF-57")
@pytest.mark.parametrize("part", ["support", "lead"])
@pytest.mark.parametrize("named", ["Amelia Quillfeather", "millie quillfeather", "Quillfeather, Amelia's"])
def test_pupils_name_is_asked_about_and_what_was_typed_stays(pupil, client_for, cast, waiting, part, named):
    browser = client_for(getattr(cast, part))
    sent = {**KEY_FORM, "message": f"The log of {named} does not open."}
    response = browser.post(ADDRESS, sent)
    assert response.status_code == 422
    page = text(response)
    assert "This looks like a pupil's name" in page
    assert sent["message"] in page
    assert waiting() == 0
    # It tells no name: what the page says stands there as it was typed and nowhere else.
    assert page.lower().count("quillfeather") == 1
    assert page.lower().count("amelia") + page.lower().count("millie") == 1
    assert browser.post(ADDRESS, sent | {"message": "The log of a pupil does not open."}).status_code == 302
    assert browser.post(ADDRESS, sent | {"confirm": "on"}).status_code == 302
    assert waiting() == 2


@pytest.mark.spec("SAF-57")
def test_name_in_the_subject_counts_too(pupil, client_for, cast, waiting):
    response = client_for(cast.lead).post(ADDRESS, KEY_FORM | {"subject": "Amelia Quillfeather"})
    assert response.status_code == 422
    assert waiting() == 0


@pytest.mark.spec("SAF-57")
@pytest.mark.spec("TEN-07")
def test_pupils_of_another_school_are_not_found_out(pupil, client_for, cast_b, school_b):
    from core.tenancy import in_school
    from shared_apps.helpdesk.models import SupportRequest

    sent = {"message": "The log of Amelia Quillfeather does not open."}
    assert client_for(cast_b.support).post(ADDRESS, sent).status_code == 302
    with in_school(school_b):
        assert SupportRequest.objects.count() == 1


@pytest.mark.spec("SAF-57")
def test_after_twelve_months_a_request_is_gone(in_a, client_for, cast, run_outbox, written):
    from datetime import timedelta

    from core.db.clock import now
    from core.outbox.registry import periodic_functions
    from shared_apps.helpdesk.services import ask, forget_old

    old = ask(message="Long ago.", by=cast.support.access, at=now() - timedelta(days=366))
    new = ask(message="Of late.", by=cast.support.access, at=now() - timedelta(days=364))
    run_outbox()
    assert {request.pk for request in written()} == {old.pk, new.pk}
    assert forget_old() == 1
    assert [request.pk for request in written()] == [new.pk]
    assert "shared_apps.helpdesk.handlers.forget_old_requests" in [one.name for one in periodic_functions()]


def test_who_writes_too_often_waits(in_a, client_for, cast, waiting):
    from django.core.cache import cache

    cache.clear()
    browser = client_for(cast.support)
    answers = [browser.post(ADDRESS, {"message": ""}).status_code for _ in range(21)]
    assert answers[:20] == [422] * 20
    assert answers[20] == 429
    assert client_for(cast.pastoral).post(ADDRESS, KEY_FORM).status_code == 302


@pytest.mark.attack("A30")
@pytest.mark.attack("A33")
def test_script_and_line_breaks_stay_words(in_a, client_for, cast, run_outbox, written):
    nasty = "<script>alert(1)</script>"
    sent = {
        "subject": f"{nasty}\r\nBcc: all@school.example",
        "phone": f"{nasty}\r\nX-A: b",
        "message": f"{nasty}\r\n.\r\nBcc: all@school.example",
    }
    refused = client_for(cast.lead).post(ADDRESS, sent | {"message": ""})
    assert nasty not in refused.content.decode()
    assert client_for(cast.lead).post(ADDRESS, sent).status_code == 302
    run_outbox()
    (request,) = written()
    assert "\n" not in request.subject + request.phone


@pytest.fixture
def answered(in_a, cast, run_outbox):
    """A request that the console has marked as done: the pages' own role may not do that."""

    def make(answer):
        from core.db.clock import now
        from core.db.keys import uuid7
        from core.outbox.services import owe
        from core.tenancy import in_public
        from shared_apps.helpdesk.models import SupportRequest

        request = SupportRequest(
            school_id=uuid7(),
            user_id=uuid7(),
            from_name="Ms Okafor",
            from_email="ms.okafor@school.example",
            is_key_user=True,
            subject="Subject of mine\r\nBcc: all@school.example",
            message="Words of mine.",
            received_at=now(),
            done_at=now(),
            done_by=uuid7(),
            answer=answer,
        )
        with in_public():
            SupportRequest.objects.bulk_create([request])
            owe("helpdesk.done", key=str(request.pk), payload={"request": str(request.pk)})
        return request

    return make


@pytest.mark.spec("SAF-59")
@pytest.mark.spec("EXT-10")
@pytest.mark.attack("A30")
@pytest.mark.attack("A33")
def test_person_is_mailed_once_when_it_is_done(answered, pay_public, mailbox):
    answered("It <b>runs</b> again.\r\n.\r\nBcc: all@school.example")
    assert pay_public() == 1
    assert pay_public() == 0
    (mail,) = mailbox.messages()
    assert mail.recipient == "ms.okafor@school.example"
    assert mail.message["Subject"] == "CPOMS: your message to the helpdesk"
    assert mail.message["Bcc"] is None
    assert "It <b>runs</b> again." in mail.message.get_body(("plain",)).get_content()
    assert "It &lt;b&gt;runs&lt;/b&gt; again." in mail.message.get_body(("html",)).get_content()
    assert "of mine" not in mail.message.as_string()


def test_form_takes_as_many_queries_as_any_page(in_a, client_for, cast, django_assert_max_num_queries):
    browser = client_for(cast.support)
    browser.get(ADDRESS)
    with django_assert_max_num_queries(9):
        browser.get(ADDRESS)


@pytest.mark.parametrize("many", [1, 30])
def test_operators_list_pages_and_takes_two_queries(in_a, cast, run_outbox, many, django_assert_num_queries):
    from shared_apps.helpdesk.selectors import support_requests
    from shared_apps.helpdesk.services import ask

    ids = [ask(message="Help", by=cast.support.access).pk for _ in range(many)]
    run_outbox()
    with django_assert_num_queries(2):
        lines, after = support_requests(is_done=False)
    assert [line.id for line in lines] == ids[:25]
    assert lines[0].school == "Ashgrove School"
    if many > 25:
        more, after = support_requests(is_done=False, after=after)
        assert [line.id for line in more] == ids[25:]
    assert after is None
    assert support_requests(is_done=True) == ([], None)
