"""Bursts of parallel tries: counted like slow ones, and nothing that works once works twice."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]

SCRIPT = textwrap.dedent(
    """
    import json, secrets, sys
    from concurrent.futures import ThreadPoolExecutor
    sys.path[:0] = [".", "platform"]
    import django
    django.setup()
    from dataclasses import replace
    from django.db import connection, transaction
    from django_otp.oath import totp
    from django_otp.plugins.otp_totp.models import TOTPDevice
    from core.access import NOBODY, SYSTEM
    from core.tenancy import in_school
    from shared_apps.people import services
    from shared_apps.people.enums import KeyUse
    from shared_apps.people.models import PasswordLink
    from shared_apps.people.selectors import LinkExpiredError
    from tenants.selectors import all_schools

    school = all_schools()[0]

    def parallel(one, arguments):
        def run(argument):
            try:
                with in_school(school), transaction.atomic():
                    return one(argument)
            finally:
                connection.close()
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(run, arguments))

    with in_school(school), transaction.atomic():
        user = services.create_user(email="p@x.example", first_name="P", last_name="Q", by=SYSTEM)
        device = TOTPDevice.objects.create(user=user, name="Phone")
        services.request_reset(email=user.email)
        link, token = services.issue_link(link_id=PasswordLink.objects.get(user=user).pk)
    access = replace(NOBODY, user_id=user.pk)
    code = f"{totp(device.bin_key):06d}"

    def use_code(_):
        return services.try_key(code=code, use=KeyUse.LOGIN, by=access).device is not None

    def use_link(number):
        try:
            services.set_password(token=token, password=f"Copper!Lantern-58{number}")
        except LinkExpiredError:
            return False
        return True

    def guess(number):
        return services.try_password(email="q@x.example", password=str(number)).is_paused

    print(json.dumps([parallel(one, range(16)) for one in (use_code, use_link, guess)]))
    """
)


@pytest.mark.fault
def test_parallel_tries_are_counted_one_by_one(own_database):
    environment = {**os.environ, **own_database.environment(), "PYTHONPATH": "platform"}

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    codes, links, pauses = json.loads(done.stdout.splitlines()[-1])
    assert codes.count(True) == 1
    assert links.count(True) == 1
    # The fifth wrong try and all after it are told to wait; four were looked at and refused before.
    assert pauses.count(False) == 4
