""" "Admin" > "Users": the lists, opening, closing and opening again."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.db.clock import now
from shared_apps.people.models import User
from tenant_apps.staff.models import StaffMember
from tests.tenant_apps.staff.conftest import member_of, texts_of

HOME = "/admin/users/"


def row_of(page, name):
    """The row of the table that names somebody; empty when nobody is named so."""
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    return next((row for row in rows if name in row), "")


@pytest.mark.spec("USR-01", "USR-02")
def test_list_names_users_and_marks_key_users_with_a_shield_and_words(admin, cast):
    page = admin.get(HOME).content.decode()
    teacher, support = row_of(page, "Tom Ellery"), row_of(page, "Joyce Webb")
    assert "Key user" in teacher
    assert "<svg" in teacher.partition("Tom Ellery")[0]
    assert "Key user" not in support
    assert "<svg" not in support.partition("Joyce Webb")[0]
    assert cast.teacher.email in teacher
    assert "Teachers" in teacher
    nav = page[page.index('aria-label="Users"') :].partition("</nav>")[0]
    for label in ("User Groups", "Alert Groups"):
        assert label in nav
    for label in ("New User", "Add Non-MIS Users"):
        assert label in page
    assert "Deactivated Users" not in page


@pytest.mark.spec("USR-01")
@pytest.mark.parametrize(
    ("typed", "found", "left_out"),
    [("ell", "Tom Ellery", "Joyce Webb"), ("non-key", "Joyce Webb", "Tom Ellery"), ("%", "", "Tom Ellery")],
)
def test_search_takes_names_and_user_groups(admin, typed, found, left_out):
    page = admin.get(HOME, {"q": typed}).content.decode()
    assert not found or row_of(page, found)
    assert not row_of(page, left_out)


@pytest.mark.spec("USR-01")
def test_list_goes_on_behind_25_and_leaves_nobody_out(admin, group):
    people = [
        User(email=f"p{number}@ashgrove.sch.example", first_name="Pat", last_name=f"Zz{number:02}")
        for number in range(30)
    ]
    for person in people:
        person.set_unusable_password()
        person.save()
        StaffMember.objects.create(user=person, group_id=group("Teachers"))
    seen, address = [], HOME
    for _ in range(3):
        page = admin.get(address).content.decode()
        names = re.findall(r'<th scope="row">.*?<a [^>]*>(.*?)</a>', page, re.DOTALL)
        assert len(names) <= 25
        seen += names
        more = re.search(r'rel="next" href="([^"]+)"', page)
        if more is None:
            break
        address = more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == StaffMember.objects.filter(user__is_active=True).count()
    assert admin.get(HOME, {"after": "no uuid", "q": "x" * 200}).status_code == 200


@pytest.mark.parametrize("more", [1, 3])
def test_queries_do_not_grow_with_users(admin, group, more, django_assert_max_num_queries):
    for number in range(more):
        person = User(email=f"q{number}@ashgrove.sch.example", first_name="Pat", last_name="Quill")
        person.set_unusable_password()
        person.save()
        StaffMember.objects.create(user=person, group_id=group("Teachers"))
    admin.get(HOME)
    # The view's own: the list, what waits, empty alert groups, whether anybody is deactivated.
    with django_assert_max_num_queries(16):
        admin.get(HOME)


@pytest.mark.spec("USR-03", "USR-04", "SAF-43")
def test_new_user_offers_staff_at_work_who_are_no_users_part_time_ones_too(admin, listed, cast):
    today = timezone.localdate()
    listed("S1", last_name="Fulltime")
    listed("S2", last_name="Parttime", is_full_time=False)
    listed("S3", last_name="Tomorrow", start_date=today + timedelta(days=1))
    listed("S4", last_name="Yesterday", end_date=today - timedelta(days=1))
    listed("S5", last_name="Lastday", end_date=today)
    listed("S6", last_name="Already", email=cast.teacher.email)
    page = admin.get(f"{HOME}new/").content.decode()
    options = page[page.index('id="id_person"') :].partition("</select>")[0]
    assert [name for name in ("Fulltime", "Parttime", "Lastday") if name in options] == [
        "Fulltime",
        "Parttime",
        "Lastday",
    ]
    assert not [name for name in ("Tomorrow", "Yesterday", "Already") if name in options]
    for label in ("Name", "Email", "User Group", "Send password reset email", "Create User"):
        assert label in page


@pytest.mark.spec("USR-03", "USR-05")
def test_new_user_is_created_and_gets_the_link_only_with_the_tick(
    admin, listed, group, mailbox, run_outbox, client_for
):
    people = [listed("S1"), listed("S2", last_name="Other", email="o.other@ashgrove.sch.example")]
    for person, sends in zip(people, ({"sends_reset": "on"}, {}), strict=True):
        form = {"person": str(person.pk), "email": "", "group": str(group("Teachers")), **sends}
        assert admin.post(f"{HOME}new/", form).status_code == 302
    run_outbox()
    mails = texts_of(mailbox)
    links = [text for text in mails["r.quillfeather@ashgrove.sch.example"] if "/reset/" in text]
    assert len(links) == 1
    assert "midnight" in links[0]
    assert not any("/reset/" in text for text in mails.get("o.other@ashgrove.sch.example", []))
    member = StaffMember.objects.select_related("user", "group").get(mis_id="S1")
    assert (member.user.formal_name, member.group.name) == ("Miss Quillfeather", "Teachers")
    assert AuditEvent.objects.filter(event="user.added", record_id=member.user_id).exists()
    assert row_of(admin.get(HOME).content.decode(), "Ruth Quillfeather")


@pytest.mark.spec("USR-03")
def test_new_user_keeps_what_was_typed_and_says_what_is_missing(admin, listed, group, cast):
    person = listed()
    form = {"person": str(person.pk), "email": "no address", "group": str(group("Teachers"))}
    answer = admin.post(f"{HOME}new/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter an email address" in page
    assert 'value="no address"' in page
    assert f'value="{person.pk}" selected' in page
    taken = admin.post(f"{HOME}new/", form | {"email": cast.teacher.email}).content.decode()
    assert "belongs to Tom Ellery already" in taken
    nobody = admin.post(f"{HOME}new/", {}).content.decode()
    assert "Choose from the list." in nobody
    assert not StaffMember.objects.filter(mis_id="S1").exists()


@pytest.mark.spec("ADM-16", "USR-03")
def test_address_outside_the_whitelist_is_refused_with_the_domains(admin, listed, group):
    form = {"person": str(listed().pk), "email": "ruth@webmail.example", "group": str(group("Teachers"))}
    page = admin.post(f"{HOME}new/", form).content.decode()
    assert "Only addresses of these domains are accepted" in page
    assert "ashgrove.sch.example" in page
    assert not User.objects.filter(email="ruth@webmail.example").exists()


def other(group, **changes):
    return {
        "first_name": "Sam",
        "last_name": "Marrowdusk",
        "email": "s.marrowdusk@ashgrove.sch.example",
        "kind": "staff",
        "group": str(group("Teachers")),
    } | changes


@pytest.mark.spec("USR-06", "SAF-43")
def test_non_mis_user_ends_with_the_term_supply_and_visitors_today_at_six(admin, group, monkeypatch, in_a):
    from tenant_apps.staff.selectors import end_of_term

    noon = timezone.make_aware(timezone.datetime(2026, 11, 20, 12))
    monkeypatch.setattr("tenant_apps.staff.services.users_creating.now", lambda: noon)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *given: noon.date())
    assert admin.post(f"{HOME}add-non-mis/", other(group)).status_code == 302
    form = other(group, kind="short", email="v@ashgrove.sch.example")
    assert admin.post(f"{HOME}add-non-mis/", form).status_code == 302
    longer = StaffMember.objects.get(user__email="s.marrowdusk@ashgrove.sch.example")
    short = StaffMember.objects.get(user__email="v@ashgrove.sch.example")
    assert timezone.localtime(longer.ends_at).date() == end_of_term(noon.date())
    assert f"{timezone.localtime(short.ends_at):%Y-%m-%d %H:%M}" == "2026-11-20 18:00"


@pytest.mark.spec("SAF-43")
def test_end_of_term_is_the_last_day_before_a_holiday_not_before_half_term(in_a):
    from datetime import date

    from tenant_apps.school_settings.models import Closure
    from tenant_apps.school_settings.services import update_settings
    from tenant_apps.staff.selectors import end_of_term

    update_settings(year_start=date(2026, 9, 1), year_end=date(2027, 7, 20), by=SYSTEM)
    Closure.objects.all().delete()

    def close(first, days):
        Closure.objects.bulk_create(
            Closure(date=first + timedelta(days=day), name="Holiday")
            for day in range(days)
            if (first + timedelta(days=day)).weekday() < 5
        )

    close(date(2026, 10, 26), 5)
    close(date(2026, 12, 21), 14)
    assert end_of_term(date(2026, 9, 15)) == date(2026, 12, 18)
    assert end_of_term(date(2026, 12, 22)) == date(2027, 7, 20)
    assert end_of_term(date(2027, 8, 2)) == date(2027, 8, 2)


@pytest.mark.spec("SAF-43")
def test_non_mis_user_adopts_the_row_of_the_mis_with_the_same_address(admin, group, listed):
    listed("S9", email="s.marrowdusk@ashgrove.sch.example")
    page = admin.post(f"{HOME}add-non-mis/", other(group), follow=True).content.decode()
    assert "tied to it" in page
    assert StaffMember.objects.get(mis_id="S9").user.email == "s.marrowdusk@ashgrove.sch.example"


@pytest.mark.spec("SAF-43")
def test_end_in_the_past_is_refused_and_keeps_what_was_typed(admin, group):
    answer = admin.post(f"{HOME}add-non-mis/", other(group, ends_on="2020-01-01", title="Dr"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "would have ended already" in page
    assert 'value="2020-01-01"' in page
    assert 'value="Dr"' in page


@pytest.mark.spec("SAF-43", "ACC-24")
@pytest.mark.attack("A16")
def test_account_past_its_end_signs_in_no_more_and_is_closed_by_the_clock(client_for, cast, in_a):
    from tenant_apps.staff.handlers import close_ended_accounts
    from tests.data.schools import PASSWORD

    user = cast.teacher.user
    user.set_password(PASSWORD)
    user.save()
    credentials = {"email": user.email, "password": PASSWORD}
    assert client_for().post("/login/", credentials).status_code == 302
    is_open = client_for(cast.teacher)
    assert is_open.get("/students/search/").status_code == 200
    StaffMember.objects.filter(user=user).update(ends_at=now() - timedelta(seconds=1))
    assert is_open.get("/students/search/").status_code == 403
    assert client_for().post("/login/", credentials).status_code == 422
    close_ended_accounts()
    user.refresh_from_db()
    assert not user.is_active
    assert AuditEvent.objects.filter(event="staff.left", record_id=user.pk).exists()


@pytest.mark.spec("USR-07", "USR-08", "USR-15")
def test_red_x_asks_then_deactivates_and_what_was_written_stays(admin, client_for, cast, students_a):
    from tenant_apps.incidents.models import Incident
    from tests.access.conftest import World

    incident = World(cast, students_a).incident("Behaviour", by=cast.teacher.access)
    leaver = cast.teacher.user
    browser = client_for(cast.teacher)
    address = f"{HOME}{leaver.pk}/deactivate/"
    before = admin.get(HOME).content.decode()
    assert address in row_of(before, "Tom Ellery")
    assert "Deactivated Users" not in before
    asked = admin.get(address).content.decode()
    assert "Deactivate Tom Ellery?" in asked
    assert User.objects.get(pk=leaver.pk).is_active
    assert admin.post(address, {}).status_code == 302
    home = admin.get(HOME).content.decode()
    assert not row_of(home, "Tom Ellery")
    assert "Deactivated Users" in home
    assert row_of(admin.get(f"{HOME}deactivated/").content.decode(), "Tom Ellery")
    assert browser.get("/").status_code == 302
    assert Incident.objects.get(pk=incident.pk).author_id == leaver.pk
    page = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert "Mr Ellery" in page


@pytest.mark.spec("USR-09")
def test_reactivate_asks_for_email_and_group_and_restores_the_account(admin, cast, group, client_for):
    teacher = cast.teacher
    admin.post(f"{HOME}{teacher.user.pk}/deactivate/", {})
    address = f"{HOME}{teacher.user.pk}/reactivate/"
    row = row_of(admin.get(f"{HOME}deactivated/").content.decode(), "Tom Ellery")
    assert address in row
    assert "Reactivate" in row
    page = admin.get(address).content.decode()
    for label in ("Email", "User Group", "Confirm"):
        assert label in page
    form = {"email": "tom@ashgrove.sch.example", "group": str(group("Non-key staff"))}
    assert admin.post(address, form | {"email": "x"}).status_code == 422
    assert admin.post(address, form).status_code == 302
    member = member_of(teacher)
    assert (member.user.is_active, member.user.email, member.group.name) == (
        True,
        "tom@ashgrove.sch.example",
        "Non-key staff",
    )
    assert "Deactivated Users" not in admin.get(HOME).content.decode()


@pytest.mark.spec("USR-09", "SAF-43")
def test_reactivating_somebody_past_their_end_asks_for_a_new_one(admin, cast, group):
    teacher = cast.teacher
    StaffMember.objects.filter(user=teacher.user).update(ends_at=now() - timedelta(days=1))
    admin.post(f"{HOME}{teacher.user.pk}/deactivate/", {})
    form = {"email": teacher.email, "group": str(group("Teachers"))}
    address = f"{HOME}{teacher.user.pk}/reactivate/"
    assert "Enter when the account shall end now." in admin.post(address, form).content.decode()
    assert admin.post(address, form | {"ends_on": "2020-01-01"}).status_code == 422
    day = timezone.localdate() + timedelta(days=7)
    assert admin.post(address, form | {"ends_on": f"{day:%Y-%m-%d}"}).status_code == 302
    assert member_of(teacher).user.is_active


@pytest.mark.spec("USR-16")
def test_last_administrator_cannot_be_deactivated_through_the_page(admin, client_for, cast):
    assert client_for(cast.data).post(f"{HOME}{cast.head.user.pk}/deactivate/", {}).status_code == 302
    last = client_for(cast.data)
    answer = last.post(f"{HOME}{cast.data.user.pk}/deactivate/", {})
    assert answer.status_code == 422
    assert "without an administrator" in answer.content.decode()
    assert User.objects.get(pk=cast.data.user.pk).is_active


@pytest.mark.attack("A14")
def test_extra_fields_decide_nothing(admin, listed, group):
    person = listed()
    form = {
        "person": str(person.pk),
        "group": str(group("Teachers")),
        "is_active": "0",
        "is_superuser": "1",
        "mis_id": "forged",
        "ends_at": "2001-01-01",
        "password": "quiet-lantern-orchard-43",
        "system_permissions": "administration",
    }
    assert admin.post(f"{HOME}new/", form).status_code == 302
    member = StaffMember.objects.select_related("user", "group").get(mis_id="S1")
    assert member.user.is_active
    assert not member.user.has_usable_password()
    assert (member.ends_at, member.group.name) == (None, "Teachers")
    assert "administration" not in member.group.system_permissions
