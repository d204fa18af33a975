"""A school is made whole or not at all."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from core.outbox.models import OutboxEntry
from core.tenancy import in_public, in_school
from tenants import provisioning, seeding
from tenants.models import Domain, School
from tenants.provisioning import provision
from tenants.setup_sheet import SetupSheetError, read_setup_sheet
from tests.data.schools import book


@pytest.fixture
def sheet(tmp_path):
    return read_setup_sheet(book("oakhill", "Oakhill School", "910009").write(tmp_path / "book.xlsx"))


def what_there_is():
    with in_public():
        schools = set(School.objects.values_list("subdomain", flat=True))
        domains = set(Domain.objects.values_list("domain", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'")
        return schools, domains, {row[0] for row in cursor.fetchall()}


@pytest.mark.spec("PRV-02")
def test_school_is_made_whole(as_owner, sheet):
    from shared_apps.people.models import User

    told = []
    school = provision(sheet, tell=told.append).school
    with in_public():
        assert Domain.objects.get(tenant=school).domain == "oakhill.localhost"
        school.refresh_from_db()
    assert bytes(school.wrapped_key)
    with in_school(school):
        assert set(User.objects.values_list("email", flat=True)) == {person.email for person in sheet.staff}
        assert not any(user.has_usable_password() for user in User.objects.all())
        assert OutboxEntry.objects.filter(topic="tenants.welcome").count() == 1
        for name in ("staff_usergroup", "categories_category", "agencies_agency", "school_settings_settings"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {name}")
                assert cursor.fetchone()[0], name
    assert told[0] == "School and address"
    assert told[-1] == "Welcome email"


STEPS = ["settings", "categories", "agencies", "staff", "forms", "maps", "clone", "owe", "record"]


@pytest.mark.spec("PRV-03")
@pytest.mark.parametrize("step", STEPS)
def test_failure_at_any_step_leaves_nothing(as_owner, sheet, monkeypatch, step):
    before = what_there_is()
    seed = seeding._steps.get(step)
    real = seed.run if seed else getattr(provisioning, step)

    def fail(*args, **kwargs):
        real(*args, **kwargs)
        raise RuntimeError("pulled the plug")

    if seed:
        monkeypatch.setitem(seeding._steps, step, seeding.Step(seed.order, step, fail))
    else:
        monkeypatch.setattr(provisioning, step, fail)
    with pytest.raises(RuntimeError, match="plug"):
        provision(sheet)
    assert what_there_is() == before


def test_every_step_is_among_those_that_fail_above():
    assert {step.name for step in seeding.steps()} <= set(STEPS)


@pytest.mark.parametrize(
    ("subdomain", "urn", "cells"),
    [
        ("ashgrove", "910009", {"B2"}),
        ("oakhill", "910001", {"B3"}),
        ("ashgrove", "910002", {"B2", "B3"}),
    ],
)
def test_same_subdomain_or_urn_is_refused(as_owner, tmp_path, subdomain, urn, cells):
    before = what_there_is()
    twin = read_setup_sheet(book(subdomain, "Twin", urn).write(tmp_path / "book.xlsx"))
    with pytest.raises(SetupSheetError) as caught:
        provision(twin)
    assert {fault.cell for fault in caught.value.faults} == cells
    assert what_there_is() == before


def test_check_makes_nothing(as_owner, tmp_path, capsys):
    before = what_there_is()
    path = book("oakhill", "Oakhill School", "910009").write(tmp_path / "book.xlsx")
    call_command("provision_school", str(path), "--check")
    assert "no faults" in capsys.readouterr().out
    assert what_there_is() == before


def test_command_names_every_fault(as_owner, tmp_path):
    path = book("auth", "", "91").write(tmp_path / "book.xlsx")
    with pytest.raises(CommandError) as caught:
        call_command("provision_school", str(path))
    for place in ("School!B1", "School!B2", "School!B3"):
        assert place in str(caught.value)


def test_template_behind_the_code_is_refused(as_owner, sheet):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM template_school.django_migrations WHERE app = 'incidents'")
    with pytest.raises(provisioning.ProvisioningFaultError, match="incidents"):
        provision(sheet)


def test_role_of_the_pages_cannot_make_a_school(db, sheet):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        provision(sheet)


@pytest.fixture
def welcome(in_a, mailbox, run_outbox):
    """The welcome mail of Ashgrove School as it arrives."""
    OutboxEntry.objects.filter(topic="tenants.welcome").update(done_at=None)
    assert run_outbox() == 1
    return mailbox.messages()


@pytest.mark.spec("PRV-04")
def test_welcome_goes_to_the_main_contact_only(welcome):
    assert [mail.recipient for mail in welcome] == ["h.marsh@ashgrove.sch.example"]
    assert welcome[0].message["Subject"] == "Welcome to CPOMS"


@pytest.mark.spec("PRV-05")
@pytest.mark.spec("PRV-06")
@pytest.mark.spec("PRV-07")
@pytest.mark.spec("PRV-08")
@pytest.mark.spec("PRV-09")
@pytest.mark.spec("PRV-10")
@pytest.mark.spec("PRV-12")
@pytest.mark.spec("PRV-14")
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_welcome_says_what_a_beginning_needs(welcome, kind, settings):
    text = welcome[0].message.get_body((kind,)).get_content()
    for words in (
        "named you as its main contact",
        "pass it on to your staff",
        "Forgotten your password or using CPOMS for the first time?",
        "Reset Password",
        "Add new device",
        "Save this device",
        "can only be opened with a key",
        "alert groups and automatic alerts",
        "class restrictions",
        "(SSO)",
        "Contact Support",
        settings.SUPPORT_EMAIL,
        settings.SUPPORT_TELEPHONE,
        settings.TRAINING_URL,
        "Getting Started",
        "8:30am to 5:30pm",
    ):
        assert words in text, words
    assert "/reset/" not in text
    if kind == "plain":
        assert text.lstrip().startswith("https://ashgrove.localhost/")
