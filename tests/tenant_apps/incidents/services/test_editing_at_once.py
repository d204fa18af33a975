"""F27: of two who save the same record at the same moment one is told, and neither text is lost unsaid."""

import subprocess
import sys

import pytest

SETTING = """
import sys, time
import django
django.setup()
from core.tenancy import in_school
from tenants.selectors import get_school_by_subdomain
from django.db import transaction
school = get_school_by_subdomain("ashgrove")
with in_school(school):
    from django.conf import settings
    from django.utils.module_loading import import_string
    from core.db.clock import now
    from core.db.keys import uuid7
    from shared_apps.people.models import User
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents import services
    from tenant_apps.incidents.models import Incident, IncidentVersion
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.students.models import Student
    load = import_string(settings.ACCESS_LOADER)
    by = load(User.objects.get(email__startswith="m.coleman"), is_elevated=True)
    categories = [one.id for one in all_categories() if one.name == "Behaviour"]
"""
ADDS = """
    pupil = Student.objects.create(mis_id="RACE", legal_forename="Al", legal_surname="Ode", sort_key="ode")
    incident = services.add_incident(
        incident_id=uuid7(), student_id=pupil.pk, text="First.", category_ids=categories,
        happened_at=now(), by=by,
    )
"""
RACER = """
    incident = Incident.objects.get(text="First.")
    seen = latest_version(incident)
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        with transaction.atomic():
            services.edit_incident(
                incident_id=incident.pk, seen=seen, text="WORDS", category_ids=categories,
                happened_at=incident.happened_at, by=by,
            )
            # Both are in the middle of it, if nothing keeps the second one out.
            time.sleep(0.3)
        print("saved")
    except services.ChangedMeanwhileError:
        print("told")
"""
KEPT = """
    print(len(IncidentVersion.objects.exclude(snapshot__text="First.")))
"""


@pytest.mark.fault("F27")
def test_of_two_at_once_one_is_told(product_environment):
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
    racers = [start(SETTING + RACER.replace("WORDS", words)) for words in ("By the hall.", "By the gate.")]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    assert sorted(racer.communicate(timeout=60)[0].strip() for racer in racers) == ["saved", "told"]
    assert start(SETTING + KEPT).communicate(timeout=60)[0].strip() == "1"
