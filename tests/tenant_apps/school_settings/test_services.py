from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.school_settings.models import Settings
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.school_settings.services import add_closure, create_settings, update_settings


@pytest.mark.spec("ADM-05")
def test_update_changes_what_is_named_and_audits_the_names_only(in_a, cast):
    update_settings(
        by=cast.head.access, idle_timeout_minutes=20, head_name="Dr Coleman", non_key_library=True
    )
    settings = get_settings()
    assert (settings.idle_timeout_minutes, settings.head_name) == (20, "Dr Coleman")
    event = AuditEvent.objects.filter(event="settings.updated").latest("id")
    assert event.detail == {"fields": ["head_name", "idle_timeout_minutes"]}
    assert event.user_id == cast.head.user.pk


def test_update_that_changes_nothing_writes_nothing(in_a):
    update_settings(by=SYSTEM, idle_timeout_minutes=15)
    assert not AuditEvent.objects.filter(event="settings.updated").exists()


@pytest.mark.spec("USR-30")
@pytest.mark.parametrize("part", ["lead", "teacher", "support"])
def test_only_administrators_change_settings(in_a, cast, part):
    with pytest.raises(PermissionDenied):
        update_settings(by=getattr(cast, part).access, enforce_alert=False)
    with pytest.raises(PermissionDenied):
        add_closure(date=date(2026, 11, 23), name="Closed", by=getattr(cast, part).access)
    assert get_settings().enforce_alert
    assert not AuditEvent.objects.filter(event__in=["settings.updated", "closure.added"]).exists()


@pytest.mark.spec("USR-30")
def test_administrator_without_key_in_the_session_changes_nothing(in_a, cast):
    with pytest.raises(PermissionDenied):
        update_settings(by=cast.head.plain_access, enforce_alert=False)
    assert get_settings().enforce_alert


@pytest.mark.spec("ADM-16")
def test_whitelist_takes_domains_in_one_spelling_and_nothing_else(in_a):
    update_settings(
        by=SYSTEM, email_whitelist=["@Ashgrove.sch.example", "ashgrove.sch.example ", "trust.example"]
    )
    assert get_settings().email_whitelist == ["ashgrove.sch.example", "trust.example"]
    for wrong in ("no domain", "someone@ashgrove.sch.example", "", "-x.example"):
        with pytest.raises(ValidationError):
            update_settings(by=SYSTEM, email_whitelist=[wrong])


def test_unknown_name_and_impossible_value_are_refused(in_a):
    with pytest.raises(TypeError):
        update_settings(by=SYSTEM, head_nam="Dr Coleman")
    with pytest.raises(ValidationError):
        update_settings(by=SYSTEM, student_name_format="surname")
    with pytest.raises(ValidationError):
        update_settings(by=SYSTEM, year_end=date(2020, 1, 1))


def test_second_row_of_settings_is_impossible(in_a):
    with pytest.raises((IntegrityError, ValidationError)), transaction.atomic():
        create_settings(email_domains=[], by=SYSTEM)
    assert Settings.objects.count() == 1
