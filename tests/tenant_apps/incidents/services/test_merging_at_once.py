"""Of two who merge, or merge and edit, at the same moment one is told, and nothing is lost."""

import subprocess
import sys

import pytest

from tests.tenant_apps.incidents.services.test_editing_at_once import SETTING

ADDS = """
    pupil = Student.objects.create(mis_id="MERGE", legal_forename="Al", legal_surname="Ode", sort_key="ode")
    for text in ("One.", "Two."):
        services.add_incident(
            incident_id=uuid7(), student_id=pupil.pk, text=text, category_ids=categories,
            happened_at=now(), by=by,
        )
"""
READY = """
    one, two = (Incident.objects.get(text=text) for text in ("One.", "Two."))
    seen = latest_version(one)
    print("ready", flush=True)
    sys.stdin.readline()
    from django.http import Http404
    try:
        with transaction.atomic():
            DO
            # Both are in the middle of it, if nothing keeps the second one out.
            time.sleep(0.3)
        print("done")
    except (Http404, services.ChangedMeanwhileError):
        print("told")
"""
MERGE = "services.merge_incidents(surplus_id={}.pk, main_id={}.pk, by=by)"
EDIT = (
    "services.edit_incident(incident_id=one.pk, seen=seen, text='One, edited.', category_ids=categories,"
    " happened_at=one.happened_at, by=by)"
)
KEPT = """
    standing = Incident.objects.filter(deleted_at=None, text__in=["One.", "Two.", "One, edited."])
    print(standing.count(), sum(incident.actions.count() for incident in standing))
"""


@pytest.mark.fault("F27")
@pytest.mark.spec("EDT-17")
@pytest.mark.parametrize(
    ("other", "outcomes"),
    [
        (MERGE.format("two", "one"), [["done", "told"]]),
        # Whoever edits first is merged with what they wrote; merged first, the edit is told.
        (EDIT, [["done", "done"], ["done", "told"]]),
    ],
    ids=["merge", "edit"],
)
def test_of_two_at_once_none_is_lost(product_environment, other, outcomes):
    environment = product_environment | {"PYTHONPATH": ".:platform"}

    def start(script):
        return subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    added = start(SETTING + ADDS)
    added.communicate(timeout=60)
    assert added.returncode == 0
    racers = [start(SETTING + READY.replace("DO", one)) for one in (MERGE.format("one", "two"), other)]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert sorted(racer.communicate(timeout=60)[0].strip() for racer in racers) in outcomes
    assert start(SETTING + KEPT).communicate(timeout=60)[0].strip() == "1 1"
