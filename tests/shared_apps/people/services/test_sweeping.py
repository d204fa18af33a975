"""What signing in leaves behind goes, and nothing that still counts."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from core.db.clock import now
from shared_apps.people.models import PasswordLink, WrongTries
from shared_apps.people.services import request_reset, sweep, try_password


def test_sweep_keeps_what_still_counts(keyless):
    try_password(email="old@x.example", password="wrong", at=now() - timedelta(minutes=16))
    try_password(email="new@x.example", password="wrong")
    request_reset(email=keyless.user.email, at=now() - timedelta(days=31))
    request_reset(email=keyless.user.email)
    for key, days in (("ended", -1), ("open", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=now() + timedelta(days=days))

    sweep()

    assert WrongTries.objects.filter(kind="password").count() == 1
    assert PasswordLink.objects.count() == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["open"]
