"""What people did with the entries of first_minutes.yaml: merging, deleting, blocking, leaving, and more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from ops.demo_school import cast
from ops.demo_school.records import Moment, Writer

# After whatever stands at the same minute.
LAST = 1_000_000
UNLISTED = "FM-112"
STAFF_CONCERN = "Concerned a member of staff. Handled by the headteacher outside this system."
DRAFT_TEXT = (
    "Kept back at the end of period 5 to talk about the missed homework. Said that the table at home is not "
    "free before nine, because"
)


def hire_leavers(subdomain: str, people: dict[str, Any], joined_at: datetime) -> None:
    """Those who wrote here once and have left are users like the others, until they leave."""
    from core.access import SYSTEM
    from shared_apps.people.services import create_user
    from tenant_apps.staff.selectors import user_group_ids
    from tenant_apps.staff.services import add_member

    groups = user_group_ids()
    for name, leaver in cast.LEAVERS[subdomain].items():
        user = create_user(
            email=f"{name}@{subdomain}.sch.example",
            title=leaver.title,
            first_name=leaver.first_name,
            last_name=leaver.last_name,
            by=SYSTEM,
            at=joined_at,
        )
        add_member(
            user_id=user.pk,
            group_id=groups[cast.group_for(leaver.job_title)],
            job_title=leaver.job_title,
            mis_id=leaver.mis_id,
            by=SYSTEM,
            at=joined_at,
        )
        people[name] = user.pk


class SetPieces:
    """The set pieces of one school: `moments` came between the entries, `afterwards` what is left."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.moments = [
            self._at(leaver.left, "16:00", self._leaves(name))
            for name, leaver in cast.LEAVERS[writer.subdomain].items()
        ]
        if writer.subdomain == "stgeorges":
            self.moments += [
                self._at(-40, "08:30", self._block_a_parent),
                self._at(-12, "15:00", self._deletes("FM-110", STAFF_CONCERN)),
                self._at(-3, "11:10", self._deletes("FM-104", "wrong pupil, moved to the other Rosie")),
                self._at(0, "09:12", self._add_unlisted),
                self._at(0, "14:20", self._merge),
                self._at(0, "15:11", self._begin),
            ]
        if writer.subdomain == "riverside":
            self.moments.append(self._at(0, "08:00", self._go_away))

    def afterwards(self) -> None:
        """What became of the mails."""
        if self.writer.subdomain == "stgeorges":
            self._remind_of_draft()
            self._refuse_mail()

    def _at(self, day: int, clock: str, do: Callable[[], None]) -> Moment:
        return Moment(self.writer.at(day, clock), LAST, do)

    def _leaves(self, name: str) -> Callable[[], None]:
        def do() -> None:
            from tenant_apps.staff.services.users_closing import deactivate_user

            left = self.writer.at(cast.LEAVERS[self.writer.subdomain][name].left, "16:00")
            deactivate_user(user_id=self.writer.people[name], by=self.writer.access("head"), at=left)

        return do

    def _block_a_parent(self) -> None:
        """A teacher whose child is here: her address at school stands among the child's contacts."""
        from tenant_apps.students.services import block_student_reader

        block_student_reader(
            student_id=self.writer.students["P00743"],
            user_id=self.writer.people["a.anderson"],
            by=self.writer.access("dsl"),
            at=self.writer.at(-40, "08:30"),
        )

    def _deletes(self, row_id: str, reason: str) -> Callable[[], None]:
        def do() -> None:
            from tenant_apps.incidents.services import delete_incident

            incident = self.writer.incidents[row_id]
            self._everybody_read(incident, incident.recorded_at + timedelta(minutes=4))
            delete_incident(
                incident_id=incident.pk,
                reason=reason,
                by=self.writer.access("dsl"),
                at=incident.recorded_at + timedelta(minutes=5),
            )

        return do

    def _everybody_read(self, incident: Any, at: datetime) -> None:
        from tenant_apps.alerts.models import Alert
        from tenant_apps.alerts.services import mark_opened
        from tenant_apps.incidents.services import mark_read

        for user in Alert.objects.filter(root_id=incident.pk).values_list("recipient", flat=True):
            by = self.writer.access_of(user)
            mark_opened(root_ids=[incident.pk], by=by, at=at)
            mark_read(incident_id=incident.pk, by=by, at=at)

    def _add_unlisted(self) -> None:
        """Somebody who joined this morning and is not in the MIS yet."""
        from core.db.keys import uuid7
        from tenant_apps.incidents.enums import About
        from tenant_apps.incidents.services import Unlisted, add_incident

        at = self.writer.at(0, "09:12")
        self.writer.incidents[UNLISTED] = add_incident(
            incident_id=uuid7(),
            student_id=None,
            unlisted=Unlisted(About.NOT_LISTED, name="Tobias Lindqvist", class_name="8, starts today"),
            text=(
                "Came to the desk with his uncle at 8.50, first day, and we have no form for him yet. The "
                'uncle said, "He is with me while his mum finds a flat." I asked them to sit down and rang '
                "Mrs Haynes, who came at 9.05."
            ),
            category_ids=[self.writer.categories["Home Issues"]],
            happened_at=self.writer.at(0, "08:50"),
            by=self.writer.access("reception"),
            at=at,
        )

    def _merge(self) -> None:
        """Two of the three notes about one push become one; the third waits."""
        from tenant_apps.incidents.services import merge_incidents

        merge_incidents(
            surplus_id=self.writer.incidents["FM-102"].pk,
            main_id=self.writer.incidents["FM-101"].pk,
            by=self.writer.access("deputy"),
            at=self.writer.at(0, "14:20"),
        )

    def _begin(self) -> None:
        """Begun before the bell rang, and never added."""
        from core.db.keys import uuid7
        from tenant_apps.incidents.services import save_draft

        at = self.writer.at(0, "15:11")
        save_draft(
            draft_id=uuid7(),
            content={
                "student": [str(self.writer.students["P00052"])],
                "categories": [str(self.writer.categories["Home Issues"])],
                "happened_on": [f"{at:%Y-%m-%d}"],
                "happened_time": ["15:05"],
                "text": [DRAFT_TEXT],
            },
            by=self.writer.access("teacher1"),
            at=at,
        )

    def _remind_of_draft(self) -> None:
        from core.access import SYSTEM
        from tenant_apps.incidents.services import tell_of_drafts

        tell_of_drafts(by=SYSTEM, at=self.writer.at(0, "15:42"))

    def _refuse_mail(self) -> None:
        """The server would not take the deputy's mail; she and nobody else has not heard of it."""
        from core.access import SYSTEM
        from core.outbox.models import OutboxEntry
        from tenant_apps.alerts.models import Alert
        from tenant_apps.alerts.services import ALERT_MAIL, note_undelivered

        incident = self.writer.incidents["FM-111"]
        alert = Alert.objects.get(record_id=incident.pk, recipient=self.writer.people["deputy"])
        at = incident.recorded_at + timedelta(minutes=1)
        note_undelivered(alert_id=alert.pk, by=SYSTEM, at=at)
        OutboxEntry.objects.filter(topic=ALERT_MAIL, key=str(alert.pk)).update(done_at=at)

    def _go_away(self) -> None:
        """The safeguarding lead is away for two days, and his deputy covers."""
        from shared_apps.people.selectors import get_user
        from tenant_apps.staff.models import StaffMember
        from tenant_apps.staff.services.user_rules import Absence, Name
        from tenant_apps.staff.services.users_changing import change_details

        user = get_user(self.writer.people["dsl"])
        change_details(
            user_id=user.pk,
            name=Name(
                title=user.title,
                first_name=user.first_name,
                last_name=user.last_name,
                job_title=StaffMember.objects.get(user=user).job_title,
                extension=user.extension,
            ),
            email=user.email,
            absence=Absence(
                away_from=self.writer.days.day(0),
                away_to=self.writer.days.day(1),
                cover_id=self.writer.people["deputy"],
            ),
            by=self.writer.access("head"),
            at=self.writer.at(0, "08:00"),
        )
