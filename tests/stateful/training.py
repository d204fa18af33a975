"""Training mode among the deeds: begun, ended with some entries unticked, and asked back in writing."""

from typing import Any

import pytest
from django.db import transaction

from core.access import SYSTEM
from tests.stateful.ledger import PRACTICE, REAL, Record, Step
from tests.stateful.school import School, deed


class Training(School):
    """What was practice goes for everybody when the mode ends; the rest stays."""

    def look_around(self) -> None:
        super().look_around()
        if self.random.random() < 0.7:
            self.begin_training(0)

    @deed(3)
    def begin_training(self, who):
        from tenant_apps.training.services import begin_training

        by = self.administrators[who % 2]
        assert begin_training(by=by) is not self.ledger.in_training
        self.ledger.in_training = True

    @deed(3)
    def end_training(self, who, unticked, is_old):
        from tenant_apps.incidents.services import SomethingStaysError
        from tenant_apps.training.selectors import lines_of, mode
        from tenant_apps.training.services import ListChangedError, NotOnError, end_training

        by = self.administrators[who % 2]
        if not self.ledger.in_training:
            with pytest.raises(NotOnError), transaction.atomic():
                end_training(ticked=[], shown=[], by=by)
            return
        lines = lines_of(by, since=mode().since)
        listed = self.ledger.in_training_list(by.is_editor)
        practice = {one.id for one in listed}
        assert {line.entry.id for line in lines if line.entry.is_practice} == practice
        going = {one.id for one in listed if self.ledger.may_go(one)}
        assert {line.entry.id for line in lines if line.may_go} == going
        order = sorted(going)
        ticked = going - {order[place % len(order)] for place in unticked if order}
        if is_old and practice:
            with pytest.raises(ListChangedError), transaction.atomic():
                end_training(ticked=ticked, shown=sorted(practice)[1:], by=by)
        if stay := self.ledger.takes_along(ticked):
            with pytest.raises(SomethingStaysError), transaction.atomic():
                end_training(ticked=ticked, shown=practice, by=by)
            ticked -= stay
        gone = ticked | self.ledger.hidden_from(by.is_editor)
        assert end_training(ticked=ticked, shown=practice, by=by) == len(gone)
        self.ledger.in_training = False
        kept = {one.id for one in self.ledger.all_practice()} - gone
        for one in self.ledger.all_practice():
            is_gone = one.id in gone
            one.is_removed, one.mark = is_gone, PRACTICE if is_gone else REAL
            self.keep(f"{self.kind(one)}.{'removed' if is_gone else 'kept_as_real'}", one.id)
        self.ledger.monitored.settle(self.ledger.with_former(gone), self.ledger.with_former(kept))
        self.every_marker_is_the_ledgers()

    @deed(3)
    def ask_back(self, place):
        """The provider brings back all that went with one number."""
        from tenant_apps.training.services import return_entries

        known = list(self.ledger.incidents.values())
        if not (known := [one for one in known if self.ledger.went_with(one)] or known):
            return
        asked = known[place % len(known)]
        back = self.ledger.went_with(asked)
        self.asked += 1
        number = self.number(asked)
        assert return_entries(numbers=[number], request=f"R-{self.asked}", by=SYSTEM) == len(back)
        for one in back:
            one.is_removed, one.mark = False, REAL
            self.keep(f"{self.kind(one)}.returned", one.id)
        self.ledger.monitored.bring_back(self.ledger.with_former({one.id for one in back}))

    @staticmethod
    def number(record: Record) -> Any:
        from tenant_apps.incidents.models import Incident

        return Incident.every.get(pk=record.id).number

    @staticmethod
    def kind(one: Record | Step) -> str:
        return "incident" if isinstance(one, Record) else "action"
