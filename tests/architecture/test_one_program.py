"""The rules that keep one machine and a cluster the same program."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations.loader import MigrationLoader

from core.db.models import Record

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("platform", "tenants", "shared_apps", "sso", "tenant_apps")
OURS = ("core.", "tenants", "shared_apps.", "sso", "tenant_apps.")
SESSION_SQL = re.compile(
    r"current_setting|set_config|pg_advisory|pg_try_advisory|\bLISTEN\b|\bNOTIFY\b|pg_notify|CREATE\s+(OR\s+REPLACE\s+)?TRIGGER",
    re.IGNORECASE,
)
KEYS_OF_LIBRARIES = {
    "tenants.Domain": "a domain of django-tenants",
    "people.RecoveryCode": "a device of django-otp",
    "people.WebAuthnKey": "a device of django-otp",
}
# Looks for the whole word in code; these files name it for another reason.
ALLOWED_SQL: dict[str, str] = {}


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith(OURS)]


def label(model):
    return model._meta.label


def rooms_of(model):
    """In which schemas the model's table stands."""
    name = model._meta.app_config.name
    return frozenset(
        place
        for place, installed in (("public", settings.SHARED_APPS), ("school", settings.TENANT_APPS))
        if name in installed
    )


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_foreign_key_stays_in_its_schema(model):
    """Rule 1: a key between a school and public, or between schools, cannot be kept on a cluster."""
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey | models.ManyToManyField):
            assert rooms_of(model) <= rooms_of(field.related_model), f"{label(model)}.{field.name}"


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_record_has_a_key_made_by_the_application(model):
    """Rule 2 and D7."""
    key = model._meta.pk
    if label(model) in KEYS_OF_LIBRARIES:
        return
    made_by_us = (
        models.UUIDField
        | models.OneToOneField
        | models.CharField
        | models.SmallIntegerField
        | models.CompositePrimaryKey
    )
    assert issubclass(model, Record) or isinstance(key, made_by_us), type(key).__name__
    assert not any(isinstance(field, models.Field) and field.has_db_default() for field in [key])


@pytest.mark.parametrize("model", our_models(), ids=label)
def test_record_hangs_on_no_content_type(model):
    names = {type(field).__name__ for field in model._meta.get_fields()}
    related = {label(field.related_model) for field in model._meta.get_fields() if field.related_model}
    assert "GenericForeignKey" not in names
    assert "contenttypes.ContentType" not in related


def test_migrations_touch_the_database_by_tables_only():
    """Rules 3 and 4: no trigger, no extension outside public, no raw SQL that nobody reviewed."""
    found = []
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if not type(migration).__module__.startswith(OURS):
            continue
        for operation in migration.operations:
            kind = type(operation).__name__
            if kind in {"RunSQL"} or ("Extension" in kind and "schema" not in vars(operation)):
                found.append(f"{app}.{name}: {kind}")
    assert not found


def test_app_of_this_release_has_one_first_migration():
    numbers = {}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if type(migration).__module__.startswith(OURS):
            numbers.setdefault(app, []).append(name)
    assert all(sum(name.startswith("0001") for name in names) == 1 for names in numbers.values())


def test_no_sql_needs_a_session():
    """Rule 5: no session setting, advisory lock or LISTEN carries correctness."""
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            relative = path.relative_to(ROOT).as_posix()
            code = "\n".join(line.split("#")[0] for line in path.read_text().splitlines())
            if relative not in ALLOWED_SQL and SESSION_SQL.search(code):
                found.append(relative)
    assert not found
