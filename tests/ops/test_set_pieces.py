"""The set pieces of the demo, looked up as the person would who finds them in the first ten minutes.

The schools are made as the demo makes them, with those few pupils alone.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from ops.demo_school import cast as demo_cast
from ops.demo_school.building import SHEETS, fill
from ops.demo_school.calendar import LONDON, SchoolDays
from ops.demo_school.extracts import for_today

RECORDS = [
    row
    for name in ("first_minutes", "set_pieces")
    for row in yaml.safe_load((SHEETS / f"records/{name}.yaml").read_text("utf-8"))
]
# Two more stand in the pieces themselves.
MORE = {"P00052", "P00743"}


def few(school: str, folder: Path, today: Any) -> Path:
    """The school's extract with the pupils of the set pieces and no marks."""
    source = for_today(SHEETS / f"extracts/{school}-full.zip", folder / "moved", today)
    rows = [row for row in RECORDS if row["school"] == school]
    wanted = {one["mis_id"] for row in rows for one in [row["student"], *row.get("linked", [])]} | MORE
    target = folder / f"{school}.zip"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name, about in manifest["files"].items():
            rows = list(csv.DictReader(io.StringIO(old.read(name).decode("utf-8-sig"), newline="")))
            columns = list(rows[0])
            if name == "pupils.csv":
                rows = [row for row in rows if row["mis_id"] in wanted]
            elif "pupil_mis_id" in columns:
                others = [column for column in columns if column.endswith("pupil_mis_id")]
                rows = [row for row in rows if all(row[column] in wanted for column in others)]
            if name == "attendance.csv":
                rows = []
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, columns, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
            content = text.getvalue().encode()
            about["rows"], about["sha256"] = len(rows), hashlib.sha256(content).hexdigest()
            new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
    return target


class School:
    """A school of the demo, as its people see it."""

    def __init__(self, subdomain: str, folder: Path) -> None:
        from tenants.provisioning import provision
        from tenants.setup_sheet import read_setup_sheet

        today = datetime.now(LONDON).date()
        self.subdomain, self.days = subdomain, SchoolDays(today)
        self.school = provision(
            read_setup_sheet(SHEETS / f"setup/{subdomain}.xlsx"), tell=lambda step: None
        ).school
        call_command("import_extract", few(subdomain, folder, today), school=subdomain, stdout=StringIO())
        self.row = fill(
            subdomain, "demo.example", self.days, [r for r in RECORDS if r["school"] == subdomain]
        )

    def user(self, name: str) -> Any:
        from shared_apps.people.models import User

        name = demo_cast.TOKENS[self.subdomain].get(name, name)
        return User.objects.get(email=f"{name}@{self.subdomain}.sch.example")

    def access(self, name: str) -> Any:
        from shared_apps.people.selectors import has_key
        from tenant_apps.classes.selectors import load_access

        user = self.user(name)
        return load_access(user, is_elevated=has_key(user.pk))

    def pupil(self, mis_id: str) -> Any:
        from tenant_apps.students.models import Student

        return Student.objects.get(mis_id=mis_id).pk

    def log(self, name: str, mis_id: str) -> list[Any]:
        """Every entry of the pupil's chronology that the person reads, the newest first."""
        from tenant_apps.incidents.selectors.chronology import chronology_page

        entries: list[Any] = []
        page = chronology_page(self.access(name), self.pupil(mis_id))
        entries += page.entries
        while page.older:
            page = chronology_page(self.access(name), self.pupil(mis_id), older_than=page.older)
            entries += page.entries
        return entries


@pytest.fixture
def school(request: Any, as_owner: None, tmp_path: Path) -> Iterator[School]:
    """The demo school of that subdomain; the test runs inside it."""
    from core.tenancy import in_school

    made = School(request.param, tmp_path)
    with in_school(made.school):
        yield made


def merged(school: School) -> None:
    """D1: two notes of one push are one now, a third waits, and every number still leads somewhere."""
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.selectors.merging import by_number

    third, first = school.log("deputy", "P00065")
    assert "shoved him" in first.actions[0].text
    assert (third.number, first.number) != (None, None)
    surplus = Incident.objects.get(merged_into=first.id)
    assert surplus.number
    found = by_number(school.access("deputy"), surplus.number)
    assert found is not None
    assert found.pk == first.id


def two_of_one_name(school: School) -> None:
    """D2: a first-aid note stands deleted on the wrong girl, and lives on the right one."""
    from tenant_apps.students.selectors.finding import search_students, suggest_students

    rosies = search_students(school.access("dsl"), "rosie smith")
    assert len({rosie.id for rosie in rosies}) == 2
    assert len(suggest_students(school.access("ta"), "rosie smith")) == 2
    (wrong,), (right,) = school.log("dsl", "P00004"), school.log("dsl", "P00005")
    assert wrong.removed
    assert wrong.removed["reason"] == "wrong pupil, moved to the other Rosie"
    assert right.removed is None
    assert school.log("nurse", "P00004") == []


def sixty(school: School) -> None:
    """D3: sixty entries over three years, Early Help and Child in Need on and off, two authors who left."""
    from tenant_apps.monitoring.selectors import monitoring_history

    entries = school.log("dsl", "P00151")
    assert len(entries) == 60
    assert len({entry.id for entry in entries}) == 60
    assert entries[0].happened_at - entries[-1].happened_at > timedelta(days=760)
    assert {"Mrs Matthews", "Mr Dunning"} <= {entry.author for entry in entries}
    assert not any(school.user(name).is_active for name in ("r.matthews", "p.dunning"))
    stretches = monitoring_history(school.access("dsl"), school.pupil("P00151"))
    by_name = {stretch.category.name: stretch for stretch in stretches}
    early, need = by_name["Early Help"], by_name["Child in Need (CIN)"]
    assert early.ended_at
    assert need.ended_at
    assert early.ended_at < need.started_at


def written_after_leaving(school: School) -> None:
    """D4: an Active concern of a pupil who left in July, and one of September on the archived record."""
    from tenant_apps.students.selectors.finding import search_students

    dsl = school.access("dsl")
    assert search_students(dsl, "sofia bradshaw") == []
    assert len(search_students(dsl, "sofia bradshaw", include_archived=True)) == 1
    after, before = school.log("dsl", "P01152")
    assert before.happened_at < after.happened_at
    assert before.status == after.status == "Active"


def parent_on_the_staff(school: School) -> None:
    """D6: a teacher finds neither her child nor what stands about him, and nobody can alert her to it."""
    from tenant_apps.alerts.selectors import ever_alerted
    from tenant_apps.incidents.selectors import may_read_incident
    from tenant_apps.students.selectors.finding import search_students

    (entry,) = school.log("dsl", "P00743")
    anderson = school.access("a.anderson")
    assert anderson.is_elevated
    assert len(search_students(school.access("dsl"), "shevchenko")) == 1
    assert search_students(anderson, "shevchenko") == []
    assert not may_read_incident(anderson, entry.id)
    assert school.user("a.anderson").pk not in ever_alerted([entry.id])
    assert school.log("a.anderson", "P00743") == []


def nobody_on_the_list(school: School) -> None:
    """D7: somebody who joined today waits in the tray."""
    from tenant_apps.incidents.selectors.tray import tray_page

    (line,) = tray_page(school.access("dsl")).waiting
    assert "Tobias Lindqvist" in str(line)


def sent_to_nobody(school: School) -> None:
    """D8: its author chose nobody, so the default alert group was alerted."""
    from tenant_apps.alerts.selectors import recipients_of

    (entry,) = school.log("dsl", "P00066")
    told = recipients_of([entry.id])[entry.id]
    assert {status.reason for status in told} == {"default"}
    assert school.user("dsl").pk in {status.recipient_id for status in told}


def about_a_colleague(school: School) -> None:
    """D10: what concerned a member of staff was taken out, and its marker says where it went."""
    (entry,) = school.log("dsl", "P00087")
    reason = "Concerned a member of staff. Handled by the headteacher outside this system."
    assert entry.removed["reason"] == reason
    assert school.log("teacher2", "P00087") == []


def begun_and_left(school: School) -> None:
    """D14: an unfinished incident of 15:11, its author's alone, and the mail that reminds him."""
    from core.outbox.models import OutboxEntry
    from tenant_apps.incidents.selectors.drafts import open_drafts
    from tenant_apps.incidents.services import DRAFT_MAIL

    (draft,) = open_drafts(school.access("teacher1"))
    assert draft.begun_at == school.days.at(0, "15:11")
    assert draft.content["text"][0].endswith("because")
    assert OutboxEntry.objects.filter(topic=DRAFT_MAIL, key=f"{draft.pk}:idle", done_at=None).count() == 1


def not_delivered(school: School) -> None:
    """D15: the mail to the deputy did not arrive: the record says so, and the team is asked to tell her."""
    from core.outbox.models import OutboxEntry
    from tenant_apps.alerts.selectors import recipients_of
    from tenant_apps.alerts.services import ALERT_MAIL, UNDELIVERED_MAIL

    (entry,) = school.log("dsl", "P00053")
    (status,) = recipients_of([entry.id])[entry.id]
    assert (status.recipient_id, status.mail_state) == (school.user("deputy").pk, "failed")
    assert status.is_open
    assert not OutboxEntry.objects.filter(topic=ALERT_MAIL, key=str(status.id), done_at=None).exists()
    asked = OutboxEntry.objects.filter(topic=UNDELIVERED_MAIL, key__startswith=str(status.id))
    assert str(school.user("teacher2").pk) in {mail.payload["to"] for mail in asked}


def pinned_and_planned(school: School) -> None:
    """What to know before anything else stands on top, and a decision comes back by itself."""
    from tenant_apps.incidents.selectors.chronology import chronology_page
    from tenant_apps.planner.models import Reminder

    page = chronology_page(school.access("dsl"), school.pupil("P00019"))
    assert len(page.pinned) == 1
    reminders = Reminder.objects.filter(owner=school.user("dsl"))
    assert {reminder.about_kind for reminder in reminders} == {"action"}


def told_in_person(school: School) -> None:
    """Concerns say in the school's own fields that the team was told, and whom, not in their text."""
    from tenant_apps.incidents.models import Incident, IncidentAnswer

    rows = [r for r in RECORDS if r["school"] == school.subdomain and r.get("told")]
    asked = [r for r in rows if "Cause for Concern" in r["categories"]]
    answered = IncidentAnswer.objects.filter(name="Told whom, and when")
    assert len(rows) >= answered.count() >= len(asked) > 0
    assert not answered.filter(incident__text__contains="Told: ").exists()
    assert Incident.objects.filter(text__contains="Told: ").count() == len(rows) - answered.count()
    told = IncidentAnswer.objects.filter(name__startswith="Have you told")
    assert {tuple(one.values) for one in told} == {("Yes",)}


@pytest.mark.parametrize("school", ["stgeorges"], indirect=True)
def test_first_minutes_in_the_secondary_school(school: School) -> None:
    merged(school)
    two_of_one_name(school)
    sixty(school)
    written_after_leaving(school)
    parent_on_the_staff(school)
    nobody_on_the_list(school)
    sent_to_nobody(school)
    about_a_colleague(school)
    begun_and_left(school)
    not_delivered(school)
    pinned_and_planned(school)
    told_in_person(school)


@pytest.mark.parametrize("school", ["riverside"], indirect=True)
def test_the_lead_is_away_and_his_cover_hears_of_it_as_well(school: School) -> None:
    """D9: two days, and four alerts that went to both."""
    from tenant_apps.alerts.models import Alert
    from tenant_apps.staff.selectors import covers_of

    dsl, deputy = school.user("dsl").pk, school.user("deputy").pk
    today = datetime.now(LONDON).date()
    assert covers_of([dsl], on=today) == {dsl: deputy}
    assert covers_of([dsl], on=school.days.day(0)) == {dsl: deputy}
    since = school.days.at(0, "08:00")
    heard = [
        set(Alert.objects.filter(recipient=who, created_at__gte=since).values_list("root_id", flat=True))
        for who in (dsl, deputy)
    ]
    assert len(heard[0] & heard[1]) == 4
