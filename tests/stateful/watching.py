"""Monitoring by hand among the deeds, and who may not see a record."""

from collections.abc import Iterable
from uuid import UUID

from core.access import SYSTEM, Access
from tests.stateful.ledger import Record
from tests.stateful.school import deed
from tests.stateful.training import Training


class Watching(Training):
    """Whoever is monitored is so because of a record or a person; a block takes a record from one reader."""

    @deed(2)
    def monitor(self, pupil, chosen):
        from tenant_apps.monitoring.services import start

        student, category = self.pupils[pupil % 4], self.categories[chosen % len(self.categories)]
        begun = start(student_ids=[student], category_ids=[category], by=self.lead, source=("hand", None))
        assert bool(begun) == self.ledger.monitored.begin(student, [category])
        if begun:
            self.keep("monitoring.started", None)

    @deed(2)
    def stop_monitoring(self, pupil, place):
        from tenant_apps.monitoring.services import end

        student = self.pupils[pupil % 4]
        on = sorted(self.ledger.monitored.on(student))
        category = on[place % len(on)] if on else self.categories[0]
        assert end(student_ids=[student], category_ids=[category], by=self.lead) == bool(on)
        if self.ledger.monitored.end(student, [category]):
            self.keep("monitoring.ended", None)

    @deed(2)
    def block(self, place, is_off):
        """The teacher, from one record; the lead and the others stay to lift it."""
        from tenant_apps.incidents.services import block_incident_reader, lift_incident_block

        user = self.teacher.user_id
        known = [one for one in self.ledger.incidents.values() if self.ledger.reads(self.lead, one)]
        if not (known := [one for one in known if is_off and user in one.blocked] or known):
            return
        record = known[place % len(known)]
        change = lift_incident_block if is_off else block_incident_reader
        change(incident_id=record.id, user_id=user, by=self.lead)
        if is_off == (user in record.blocked):
            self.keep("incident.reader_unblocked" if is_off else "incident.reader_blocked", record.id)
            record.blocked = record.blocked - {user} if is_off else record.blocked | {user}

    # --- what deeds on a record begin -----------------------------------------------------------

    def begin_for(self, record: Record, categories: Iterable[UUID]) -> None:
        """As the record asks for it, of the student it is about."""
        is_practice = record.mark == "practice"
        self.ledger.monitored.begin(
            record.main, set(categories) & self.beginning, record.id, is_practice=is_practice
        )

    # --- what always holds ----------------------------------------------------------------------

    def look_around(self) -> None:
        from tenant_apps.categories.selectors import all_categories

        super().look_around()
        self.beginning = {one.id for one in all_categories() if one.starts_monitoring}

    def what_always_holds(self, by: Access, students: Iterable[UUID]) -> None:
        from tenant_apps.incidents.selectors import readable_among
        from tenant_apps.monitoring.selectors import monitored_now

        super().what_always_holds(by, students)
        for viewer in (SYSTEM,) if by is self.lead else (self.teacher,):
            for student, found in monitored_now(viewer, self.pupils).items():
                on = set(self.ledger.monitored.on(student))
                assert {one.id for one in found} == (on if viewer.is_system else on & viewer.view_students)
        reads = {one.id for one in self.ledger.incidents.values() if self.ledger.reads(by, one)}
        assert readable_among(by, list(self.ledger.incidents)) == reads
