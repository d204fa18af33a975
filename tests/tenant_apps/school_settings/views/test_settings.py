"""Every setting changed as an administrator changes it, and its effect where people meet it."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.data.pupils import make_group, make_pupil


def text(response):
    """What a page says, as people read it."""
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


@pytest.fixture
def pupils(in_a):
    tutor, year = make_group("tutor", "7A"), make_group("year", "Year 7")
    return [
        make_pupil(
            "Amelia", "O'Connor", tutor, year, preferred_forename="Millie", preferred_surname="Hughes"
        ),
        make_pupil("Jakub", "Łukaszewski", tutor, year),
    ]


LABELS = {
    "ADM-04": "Security message",
    "ADM-05": "Idle timeout",
    "ADM-06": "Non key access to the library?",
    "ADM-07": "Use legal names instead of preferred names",
    "ADM-08": "Dashboard group type",
    "ADM-09": "Main group type",
    "ADM-10": "School logo",
    "ADM-11": "Time zone",
    "ADM-12": "Enforce at least one alert for all incidents?",
    "ADM-13": "Student Name Format",
    "ADM-14": "Attendance Trend Values",
    "ADM-15": "Allow student search on add incident form",
    "ADM-16": "Use email address domain whitelist",
    "ADM-17": "Disable user accounts which no longer appear in automatic extracts",
}


@pytest.mark.parametrize("label", [*LABELS.values(), "Update Settings", "Non-key reading", "Plain alerts"])
@pytest.mark.spec("ADM-04")
def test_page_has_every_setting_by_its_name(in_a, client_for, cast, label):
    assert label in text(client_for(cast.head).get("/admin/settings/"))


@pytest.mark.spec("SAF-49")
def test_first_settings_are_what_the_page_shows_first(in_a, client_for, cast):
    from tenant_apps.school_settings.selectors import get_settings

    page = client_for(cast.head).get("/admin/settings/").content.decode()

    def is_ticked(name):
        (box,) = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
        return " checked" in box

    ticked = ["non_key_library", "use_email_whitelist", "disable_missing_users", "enforce_alert"]
    assert all(is_ticked(name) for name in [*ticked, "allow_student_search", "non_key_active_only"])
    unticked = ["use_legal_names", "plain_alerts", "reveal_unknown_email", "keep_read_alerts"]
    assert not any(is_ticked(name) for name in unticked)
    for name, value in (("dashboard_group_type", "tutor"), ("main_group_type", "year")):
        (select,) = re.findall(rf'<select name="{name}".*?</select>', page, re.DOTALL)
        assert re.search(rf'<option value="{value}" selected', select)
    assert "ashgrove.sch.example</textarea>" in page
    assert get_settings().email_whitelist == ["ashgrove.sch.example"]


@pytest.mark.spec("ADM-04")
def test_security_message_changes_for_everybody(change, client_for, cast):
    change(security_message="Lock the screen <b>now</b>")
    page = client_for(cast.support).get("/").content.decode()
    assert "Lock the screen &lt;b&gt;now&lt;/b&gt;" in page


@pytest.mark.spec("ADM-05")
@pytest.mark.spec("SAF-46")
def test_idle_timeout_is_taken_within_its_limits(change):
    from tenant_apps.school_settings.selectors import idle_minutes

    change(idle_timeout_minutes=20)
    assert idle_minutes(is_elevated=True) == 20
    assert idle_minutes(is_elevated=False) == 15
    change(idle_timeout_minutes=7)
    assert (idle_minutes(is_elevated=True), idle_minutes(is_elevated=False)) == (7, 7)
    for wrong in ("31", "0", "", "soon"):
        page = change(idle_timeout_minutes=wrong, ok=False)
        assert "number of minutes" in text(page)
        assert f'value="{wrong}"' in page.content.decode() or not wrong
    assert idle_minutes(is_elevated=True) == 7


@pytest.mark.spec("ADM-06")
@pytest.mark.spec("ADM-09")
def test_library_and_reports_find_what_was_chosen(change):
    from tenant_apps.school_settings.selectors import get_settings

    change(non_key_library=False, main_group_type="tutor")
    assert (get_settings().non_key_library, get_settings().main_group_type) == (False, "tutor")


@pytest.mark.spec("ADM-07")
@pytest.mark.spec("ADM-13")
def test_names_change_everywhere(change, client_for, cast, pupils):
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import add_incident
    from tests.pdf_text import without_spaces, words_of

    category = next(one.id for one in all_categories() if one.name == "Behaviour")
    incident = add_incident(
        incident_id=uuid7(),
        student_id=pupils[0].pk,
        text="Seen by the gate.",
        category_ids=[category],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.deputy.user.pk],
        by=cast.lead.access,
    )
    places = {
        "profile": f"/students/{pupils[0].pk}/",
        "search": "/students/search/?q=connor",
        "suggestions": "/students/suggest/?q={word}",
        "register": f"/students/register/{pupils[0].memberships.first().group_id}/",
        "chronology": f"/students/{pupils[0].pk}/incidents/",
        "entry": f"/incidents/{incident.pk}/",
        "form": f"/incidents/add/?student={pupils[0].pk}",
    }

    def names(expected, unexpected, word):
        browser = client_for(cast.lead)
        for place, address in places.items():
            page = text(browser.get(address.format(word=word), follow=True))
            assert expected in page, place
            # The profile names the legal name besides, as a fact of its own.
            shown = page.split("</h1>")[0] if place == "profile" else page
            assert unexpected not in shown.replace(expected, ""), place
        printed = words_of(browser.get(f"/students/{pupils[0].pk}/incidents/pdf/").content)
        assert without_spaces(expected) in printed
        assert unexpected not in printed.replace(without_spaces(expected), "")

    names("Millie Hughes", "Amelia", "hughes")
    change(use_legal_names=True)
    names("Amelia O'Connor", "Millie", "connor")
    change(student_name_format="last_first")
    names("O'Connor, Amelia", "Millie", "connor")
    change(use_legal_names=False)
    names("Hughes, Millie", "Amelia", "hughes")


@pytest.mark.spec("ADM-08")
def test_dashboard_lists_groups_of_the_chosen_kind(change, client_for, cast, pupils):
    page = text(client_for(cast.lead).get("/"))
    assert ">7A</a>" in page
    assert ">Year 7</a>" not in page
    change(dashboard_group_type="year")
    page = text(client_for(cast.lead).get("/"))
    assert ">Year 7</a>" in page
    assert ">7A</a>" not in page


@pytest.mark.spec("ADM-11")
def test_time_zone_moves_every_clock_of_this_school_only(
    change, client_for, cast, cast_b, run_outbox, school_a, school_b, pupils
):
    import zoneinfo

    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.services import add_incident
    from tenants.selectors import get_school

    category = next(one.id for one in all_categories() if one.name == "Behaviour")
    moment = now() - timedelta(hours=30)
    incident = add_incident(
        incident_id=uuid7(),
        student_id=pupils[0].pk,
        text="Seen by the gate.",
        category_ids=[category],
        happened_at=moment,
        alert_user_ids=[cast.deputy.user.pk],
        by=cast.lead.access,
    )
    change(time_zone="Asia/Dubai")
    run_outbox()
    assert get_school(school_a.id).time_zone == "Asia/Dubai"
    assert get_school(school_b.id).time_zone == "Europe/London"
    there = zoneinfo.ZoneInfo("Asia/Dubai")
    page = text(client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True))
    assert f"{moment.astimezone(there):%H:%M}" in page
    typed = moment.astimezone(there).replace(second=0, microsecond=0)
    sent = {
        "draft": str(uuid7()),
        "student": str(pupils[0].pk),
        "text": "Said it again.",
        "categories": [str(category)],
        "happened_on": f"{typed:%Y-%m-%d}",
        "happened_time": f"{typed:%H:%M}",
        "status": "active",
        "alert_staff": [str(cast.deputy.user.pk)],
    }
    assert client_for(cast.lead).post("/incidents/add/", sent).status_code == 302
    assert Incident.objects.get(text="Said it again.").happened_at == typed
    assert (
        '<option value="Asia/Dubai" selected'
        in client_for(cast.head).get("/admin/settings/").content.decode()
    )


@pytest.mark.spec("ADM-11")
def test_only_a_known_time_zone_is_taken(change):
    from tenant_apps.school_settings.selectors import get_settings

    change(time_zone="Europe/Atlantis", ok=False)
    assert get_settings().time_zone == ""


@pytest.mark.spec("ADM-12")
def test_incident_without_alert_is_refused_only_where_the_school_insists(change, client_for, cast, pupils):
    from django.utils import timezone

    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.models import Incident

    moment = timezone.localtime(now() - timedelta(minutes=5))
    category = next(one.id for one in all_categories() if one.name == "Behaviour")
    sent = {
        "draft": str(uuid7()),
        "student": str(pupils[0].pk),
        "text": "Said it.",
        "categories": [str(category)],
        "happened_on": f"{moment:%Y-%m-%d}",
        "happened_time": f"{moment:%H:%M}",
        "status": "active",
    }
    refused = client_for(cast.lead).post("/incidents/add/", sent)
    assert refused.status_code == 422
    assert "at least one person or group" in text(refused)
    change(enforce_alert=False)
    assert client_for(cast.lead).post("/incidents/add/", sent).status_code == 302
    assert Incident.objects.count() == 1


@pytest.mark.spec("ADM-14")
def test_trend_has_two_spans_the_second_longer(change):
    from tenant_apps.school_settings.selectors import get_settings

    change(attendance_trend_short_days=5, attendance_trend_long_days=20)
    assert (get_settings().attendance_trend_short_days, get_settings().attendance_trend_long_days) == (5, 20)
    page = change(attendance_trend_short_days=20, attendance_trend_long_days=20, ok=False)
    assert "more days than the latest days" in text(page)


@pytest.mark.spec("ADM-16")
def test_whitelist_is_typed_as_lines_and_rules_addresses(change):
    from tenant_apps.school_settings.selectors import accepts_email, get_settings

    change(email_whitelist="Trust.example\n@ashgrove.sch.example, trust.example")
    assert get_settings().email_whitelist == ["ashgrove.sch.example", "trust.example"]
    assert accepts_email("a.person@TRUST.example")
    assert not accepts_email("a.person@elsewhere.example")
    assert not accepts_email("a.person@trust.example.elsewhere.example")
    change(use_email_whitelist=False)
    assert accepts_email("a.person@elsewhere.example")
    page = change(email_whitelist="no domain", ok=False)
    assert "“no domain” is not a domain." in text(page)
    assert "no domain</textarea>" in page.content.decode()
    change(use_email_whitelist=True, email_whitelist="", ok=False)


@pytest.mark.spec("ADM-17")
def test_disabling_of_missing_users_is_switched(change):
    from tenant_apps.school_settings.selectors import get_settings

    change(disable_missing_users=False)
    assert not get_settings().disable_missing_users


@pytest.mark.spec("SAF-13")
def test_network_ranges_are_address_ranges(change):
    from tenant_apps.school_settings.selectors import get_settings

    change(non_key_reading="network", network_ranges="203.0.113.7/24\n2001:db8::/48, 203.0.113.0/24")
    assert get_settings().network_ranges == ["203.0.113.0/24", "2001:db8::/48"]
    for wrong, sentence in (
        ("203.0.113.0/33", "is not an address range"),
        ("the school", "is not an address range"),
        ("0.0.0.0/0", "wider than any school"),
        ("::/0", "wider than any school"),
        ("", "Give the address ranges"),
    ):
        assert sentence in text(change(network_ranges=wrong, ok=False))
    assert get_settings().network_ranges == ["203.0.113.0/24", "2001:db8::/48"]


@pytest.mark.spec("SAF-27")
def test_notices_are_edited_and_their_blanks_named(change, client_for, cast):
    assert "Headteacher" in text(client_for(cast.head).get("/"))
    assert "#notices" in client_for(cast.head).get("/").content.decode()
    change(
        head_name="Dr Coleman",
        chair_of_governors="Ms Ajayi",
        out_of_hours_number="01632 960200",
        lado_number="01632 960300",
        safeguarding_line="01632 960400",
        adult_concern_text="Ring {headteacher} at once.",
        incident_hint="Plain words.",
        files_hint="No pictures of children.",
    )
    page = text(client_for(cast.support).get("/incidents/add/"))
    for words in ("Ring Dr Coleman at once.", "Plain words.", "No pictures of children.", "01632 960200"):
        assert words in page
    assert "do not yet name" not in text(client_for(cast.head).get("/"))
    assert "do not yet name" not in text(client_for(cast.head).get("/admin/settings/"))


@pytest.mark.spec("ACC-13")
def test_unknown_address_is_told_only_where_the_school_says_so(change, client_for):
    sent = {"email": "n.obody@ashgrove.sch.example"}
    assert "does not exist" not in text(client_for().post("/reset/", sent, follow=True))
    change(reveal_unknown_email=True)
    assert "does not exist" in text(client_for().post("/reset/", sent, follow=True))


@pytest.mark.spec("INC-51")
def test_read_alert_keeps_opening_for_non_key_users_only_where_the_school_says_so(
    change, client_for, cast, pupils
):
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import add_incident

    category = next(one.id for one in all_categories() if one.name == "Child Protection")
    incident = add_incident(
        incident_id=uuid7(),
        student_id=pupils[0].pk,
        text="Seen by the gate.",
        category_ids=[category],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.support.user.pk, cast.teacher.user.pk],
        by=cast.lead.access,
    )
    address = f"/incidents/{incident.pk}/"
    for person in (cast.support, cast.teacher):
        assert client_for(person).get(address).status_code == 200
        client_for(person).post(f"{address}read/")
        assert client_for(person).get(address).status_code == 404
    change(keep_read_alerts=True)
    assert client_for(cast.support).get(address).status_code == 200
    assert client_for(cast.teacher).get(address).status_code == 404
    assert client_for(cast.pastoral).get(address).status_code == 404
    change(keep_read_alerts=False)
    assert client_for(cast.support).get(address).status_code == 404


def test_second_of_two_administrators_is_told(change):
    """The page was opened before somebody else saved: nothing of theirs is undone unsaid."""
    from tenant_apps.school_settings.forms import SettingsForm
    from tenant_apps.school_settings.selectors import get_settings

    seen = SettingsForm().shown_now
    change(enforce_alert=False)
    page = change(seen=seen, enforce_alert=True, head_name="Dr Coleman", ok=False)
    assert "Somebody else changed the settings" in text(page)
    assert 'value="Dr Coleman"' in page.content.decode()
    assert not get_settings().enforce_alert
    change(head_name="Dr Coleman")
    assert get_settings().head_name == "Dr Coleman"


@pytest.mark.attack("A30")
def test_script_in_every_text_is_shown_as_text(change, client_for, cast):
    nasty = "<script>alert(1)</script>"
    texts = ("security_message", "immediate_danger_text", "adult_concern_text", "incident_hint", "files_hint")
    change(**dict.fromkeys((*texts, "head_name", "chair_of_governors"), nasty))
    for browser, path in (
        (client_for(cast.head), "/admin/settings/"),
        (client_for(cast.support), "/incidents/add/"),
    ):
        assert nasty not in browser.get(path).content.decode()


def test_page_takes_as_many_queries_whatever_is_set(change, client_for, cast, django_assert_max_num_queries):
    change(email_whitelist="\n".join(f"d{n}.example" for n in range(30)))
    browser = client_for(cast.head)
    browser.get("/admin/settings/")
    with django_assert_max_num_queries(9):
        browser.get("/admin/settings/")


@pytest.mark.attack("A14")
def test_fields_that_the_page_does_not_have_change_nothing(change):
    from uuid import uuid4

    from tenant_apps.school_settings.selectors import get_settings

    before = get_settings()
    change(head_name="Dr Coleman", year_start="2020-01-01", logo_document=str(uuid4()), id=str(uuid4()))
    after = get_settings()
    assert after.head_name == "Dr Coleman"
    assert (after.pk, after.year_start, after.logo_document) == (before.pk, before.year_start, None)


@pytest.mark.spec("ADM-05")
def test_session_left_alone_for_longer_than_the_setting_is_locked(change, client_for, cast, monkeypatch):
    from datetime import timedelta

    from core.db.clock import now
    from shared_apps.people.services import lock

    change(idle_timeout_minutes=5)
    browser = client_for(cast.lead)
    assert browser.get("/").status_code == 200
    later = now() + timedelta(minutes=6)
    monkeypatch.setattr(lock, "now", lambda: later)
    assert browser.get("/").status_code == 423
