"""The last administrator cannot be lost, by no route and by no two requests at once."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import SYSTEM
from core.db.clock import now
from shared_apps.people.models import User
from tenant_apps.staff.models import StaffMember
from tenant_apps.staff.selectors import user_group_ids
from tenant_apps.staff.services import move_to_group
from tenant_apps.staff.services.administrators import LastAdministratorError
from tenant_apps.staff.services.user_rules import Name
from tenant_apps.staff.services.users_changing import change_details
from tenant_apps.staff.services.users_closing import close_ended, close_missing, deactivate_user
from tests.tenant_apps.staff.conftest import member_of


@pytest.fixture
def alone(in_a, cast):
    """The head is the only administrator that is left."""
    deactivate_user(user_id=cast.data.user.pk, by=cast.head.access)
    return cast.head


@pytest.mark.spec("USR-16")
def test_moving_the_last_administrator_is_refused(alone):
    with pytest.raises(LastAdministratorError):
        move_to_group(user_id=alone.user.pk, group_id=user_group_ids()["Teachers"], by=SYSTEM)
    assert member_of(alone).group.name == "Admin"


@pytest.mark.spec("USR-16", "ADM-17")
def test_import_and_clock_leave_the_last_administrator(alone, cast):
    StaffMember.objects.filter(user__in=[alone.user, cast.teacher.user]).update(ends_at=now())
    assert close_ended(by=SYSTEM) == 1
    assert close_missing(user_ids=[alone.user.pk, cast.support.user.pk], by=SYSTEM) == 1
    assert User.objects.get(pk=alone.user.pk).is_active
    assert not User.objects.filter(
        pk__in=[cast.teacher.user.pk, cast.support.user.pk], is_active=True
    ).exists()


@pytest.mark.spec("USR-16")
def test_an_administrator_who_stays_and_one_with_a_key_must_remain(in_a, cast):
    head, data = cast.head.user, cast.data.user
    name = Name(first_name=data.first_name, last_name=data.last_name)
    given = {"name": name, "email": data.email, "ends_at": now() + timedelta(days=1)}
    change_details(user_id=data.pk, by=cast.head.access, **given)
    # The other one ends tomorrow.
    with pytest.raises(LastAdministratorError):
        deactivate_user(user_id=head.pk, by=cast.data.access)
    StaffMember.objects.filter(user=data).update(ends_at=None)
    # The other one could not open a page of "Admin".
    TOTPDevice.objects.filter(user=data).delete()
    with pytest.raises(LastAdministratorError):
        deactivate_user(user_id=head.pk, by=cast.head.access)
    assert User.objects.get(pk=head.pk).is_active


SETTING = """
import sys, time
import django
django.setup()
from core.tenancy import in_school
from tenants.selectors import get_school_by_subdomain
from django.core.exceptions import ValidationError
from django.db import transaction
school = get_school_by_subdomain("ashgrove")
with in_school(school):
    from django.conf import settings
    from django.utils.module_loading import import_string
    from core.access import SYSTEM
    from shared_apps.people.models import User
    from tenant_apps.staff.models import PendingChange
    from tenant_apps.staff.selectors import user_group_ids
    from tenant_apps.staff.services import second_person, users_changing, users_closing
    people = {user.email.partition("@")[0]: user for user in User.objects.all()}
    load = import_string(settings.ACCESS_LOADER)
    access = {name: load(user, is_elevated=True) for name, user in people.items()}
    head, data, deputy = "m.coleman", "h.marsh", "p.nair"
"""

RACER = (
    SETTING
    + """
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        with transaction.atomic():
            DEED
            # Both are in the middle of it, if nothing keeps the second one out.
            time.sleep(0.3)
        print("done")
    except ValidationError as error:
        print(type(error).__name__)
"""
)
COUNT = (
    SETTING
    + """
    from tenant_apps.staff.selectors import administrators
    print(len(administrators()))
    print(",".join(PendingChange.objects.values_list("decision", flat=True)))
    print(User.objects.filter(email__startswith="new@").count())
"""
)
DEACTIVATES = "users_closing.deactivate_user(user_id=people[{whom}].pk, by=access[{who}])"
MOVES = (
    "users_changing.change_permissions(user_id=people[{whom}].pk, group_id=user_group_ids()['Teachers'],"
    " sees_ungrouped=False, by=access[{who}])"
)


@pytest.fixture
def python(product_environment):
    """Starts a process of the product; its standard input and output are pipes."""
    environment = product_environment | {"PYTHONPATH": ".:platform"}

    def start(script):
        return subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return start


def race(python, *deeds):
    """What became of deeds that begin at the same moment."""
    racers = [python(RACER.replace("DEED", deed)) for deed in deeds]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    return sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)


def told(python, script=COUNT):
    return python(script).communicate(timeout=60)[0].split("\n")


@pytest.mark.fault
@pytest.mark.spec("USR-16")
@pytest.mark.parametrize(
    ("one", "other"),
    [(DEACTIVATES, DEACTIVATES), (DEACTIVATES, MOVES), (MOVES, MOVES)],
    ids=["both close", "close and move", "both move"],
)
def test_two_administrators_at_once_cannot_both_remove_each_other(python, one, other):
    became = race(python, one.format(whom="data", who="head"), other.format(whom="head", who="data"))
    assert became == ["LastAdministratorError", "done"]
    assert told(python)[0] == "1"


ASK = (
    SETTING
    + """
    with transaction.atomic():
        change = second_person.ask(
            kind="email",
            user_id=people[deputy].pk,
            payload={"before": people[deputy].email, "email": "new@ashgrove.sch.example"},
            by=access[head],
        )
"""
)
DECIDES = "second_person.{what}(change_id=PendingChange.objects.get().pk, by=access[{who}])"


@pytest.mark.fault
@pytest.mark.spec("SAF-14")
def test_two_decisions_at_once_are_one(python):
    python(ASK).communicate(timeout=60)
    became = race(
        python,
        DECIDES.format(what="confirm", who="data"),
        DECIDES.format(what="refuse", who="deputy"),
    )
    assert became == ["AlreadyDecidedError", "done"]
    _, decision, changed, *_ = told(python)
    assert (decision, changed) in {("confirmed", "1"), ("refused", "0")}


@pytest.mark.fault
@pytest.mark.spec("SAF-14")
def test_two_requests_at_once_make_one_change_wait(python):
    deed = ASK.partition("change = ")[2].replace("\n", " ")
    assert race(python, deed, deed) == ["ValidationError", "done"]
    assert told(python)[1] == "waiting"
