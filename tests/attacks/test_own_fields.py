"""A30, A32: garbage in every kind of a school's own fields is refused in words or stands as text."""

import pytest

from core.access import SYSTEM
from tests.access.conftest import undone, world
from tests.attacks.test_garbage import KINDS

__all__ = ["world"]

SPOILT = KINDS | {
    "the first moment": lambda name, value: ["0001-01-01T00:00"],
    "the last moment": lambda name, value: ["9999-12-31T23:59"],
    "a moment that never was": lambda name, value: ["2026-03-29T01:30"],
}


@pytest.mark.attack("A30", "A32")
def test_garbage_in_own_fields_is_refused_or_stands_as_text(world, cast, client_for):
    from tenant_apps.form_builder.adapters import answer_name
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.services import publish, save_field
    from tenant_apps.incidents.models import IncidentAnswer

    assert world.group
    said = {
        "text": "a",
        "multiline": "b",
        "dropdown": ["A"],
        "date": "2026-03-04",
        "datetime": "2026-03-04T10:00",
    }
    names = {}
    for kind in Kind:
        options = ["A", "B"] if kind == Kind.DROPDOWN else []
        field = save_field(
            form=Form.INCIDENT, name=kind.label, kind=kind, options=options, allows_multiple=True, by=SYSTEM
        )
        names[answer_name(str(field))] = said[kind]
    publish(form=Form.INCIDENT, by=SYSTEM)
    browser = client_for(cast.lead)
    browser.raise_request_exception = False
    kept, faults = 0, []
    sent = world.typed("Behaviour", student=str(world.students[0].pk), status="active")
    for place, (what, spoil) in enumerate(SPOILT.items()):
        spoilt = {name: spoil(name, value) for name, value in names.items()}
        alone = sorted(names)[place % len(names)]
        for given in (spoilt, names | {alone: spoilt[alone]}):
            with undone():
                answer = browser.post("/incidents/add/", sent | given, follow=True)
                kept += IncidentAnswer.objects.exists()
                if answer.status_code >= 500 or b"<script>alert(1)" in answer.content:
                    faults.append((what, alone, answer.status_code))
    assert faults == []
    assert kept > 3
