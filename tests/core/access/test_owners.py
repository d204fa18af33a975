from uuid import uuid4

import pytest

from core.access import NOBODY, owners


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    monkeypatch.setattr(owners, "_owners", {})


def test_owner_answers_for_its_kind():
    record_id = uuid4()
    owners.register_owner(
        "plan", may_open=lambda access, one: one == record_id, label=lambda access, one: "Plan"
    )
    owner = owners.get_owner("plan")
    assert owner.may_open(NOBODY, record_id)
    assert not owner.may_open(NOBODY, uuid4())


def test_kind_without_an_owner_stays_shut():
    with pytest.raises(LookupError):
        owners.get_owner("unknown")


def test_kind_has_one_owner():
    owners.register_owner("plan", may_open=lambda access, one: True, label=lambda access, one: "")
    with pytest.raises(ValueError, match="already"):
        owners.register_owner("plan", may_open=lambda access, one: False, label=lambda access, one: "")
