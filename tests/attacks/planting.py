"""Markup in every text that the school stores: found from the models, so that a new field cannot escape."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Cast, Concat, Right

SCRIPT = "\"'><script>alert(1)</script>"
PAYLOAD = SCRIPT + "<img src=x onerror=alert(2)>{{ 7|add:7 }}</textarea>"
SHORT = "\"'><b>"
HARMFUL = (b"<script>alert", b"<img src=x", b"</textarea><", b"14</textarea>", b"\"'><b>")
# Nobody types these: the product makes them, or compares them with what it knows.
MADE = {
    "people.User": {"password", "email", "sort_key"},
    "people.PasswordLink": {"email_digest", "digest"},
    "people.WrongTries": {"digest", "places"},
    "people.RecoveryCode": {"digest", "name"},
    "otp_totp.TOTPDevice": {"key"},
    "people.WebAuthnKey": {"rp_id", "last_challenge"},
    "people.SignedInSession": {"digest"},
    "people.KnownDevice": {"digest"},
    "people.FormerEmail": {"email"},
    "school_settings.Settings": {"time_zone", "network_ranges"},
    "staff.UserGroup": {"system_permissions", "overview_blocks", "deletion_request"},
    "staff.MISStaff": {"email"},
    "students.Student": {"photo_sha256", "sort_key", "legal_sort_key", "search_key"},
    "students.Keyword": {"key"},
    "agencies.Agency": {"sort_key"},
    "staff.AlertGroup": {"sort_key"},
    "classes.StudentGroup": {"sort_key"},
    "documents.Document": {"content_type", "sha256", "owner_kind"},
    "planner.Reminder": {"kind", "about_kind"},
    "form_builder.FormItem": {"built_in"},
    "incidents.Counter": {"name"},
    "imports.Import": {"sha256"},
    "imports.HealthTurn": {"reason"},
    "imports.ExtractToken": {"digest", "ending"},
    "attendance.Mark": {"code"},
}
APPS = ("tenant_apps.", "shared_apps.people", "django_otp.plugins.otp_totp")


def texts() -> Iterator[tuple[type[models.Model], list[models.Field]]]:
    """Each model of a school with its fields that hold what somebody typed, here or in the MIS."""
    for model in apps.get_models():
        made = MADE.get(model._meta.label, set())
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.name not in made and _is_text(_inner(field))
        ]
        if model.__module__.startswith(APPS) and fields:
            yield model, fields


def plant() -> set[str]:
    """Puts markup into every text of every row; names the models that have no row."""
    empty = set()
    for model, fields in texts():
        if not model._base_manager.update(**{field.name: _value(model, field) for field in fields}):
            empty.add(model._meta.label)
    _plant_in_json()
    return empty


def _inner(field: models.Field) -> models.Field:
    return field.base_field if isinstance(field, ArrayField) else field


def _is_text(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField) and not field.choices


def _value(model: type[models.Model], field: models.Field) -> Any:
    longest = _inner(field).max_length or 10_000
    room = longest - 8
    payload = PAYLOAD if room >= len(PAYLOAD) else SCRIPT if room >= len(SCRIPT) else SHORT[:room]
    if isinstance(field, ArrayField):
        return [payload]
    return (
        Concat(Value(payload), Right(Cast("pk", models.TextField()), 8))
        if _is_unique(model, field)
        else payload
    )


def _is_unique(model: type[models.Model], field: models.Field) -> bool:
    constraints = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    return field.unique or any(
        field.name in one.fields or any(field.name in str(part) for part in one.expressions)
        for one in constraints
    )


def _plant_in_json() -> None:
    """What versions and drafts keep, beside what they keep it of."""
    from tenant_apps.form_builder.adapters import answer_name
    from tenant_apps.form_builder.models import CustomField
    from tenant_apps.incidents.models import ActionVersion, Draft, IncidentVersion

    for model in (IncidentVersion, ActionVersion):
        for version in model.objects.all():
            version.snapshot |= {"text": PAYLOAD, "reason": PAYLOAD}
            version.snapshot["marks"] = [one | {"text": PAYLOAD} for one in version.snapshot["marks"]]
            version.snapshot["answers"] = [
                one | {"name": PAYLOAD, "values": [PAYLOAD]} for one in version.snapshot["answers"]
            ]
            version.save(update_fields=["snapshot"])
    own = [answer_name(str(pk)) for pk in CustomField.objects.values_list("pk", flat=True)]
    for draft in Draft.objects.all():
        draft.content |= {
            name: [PAYLOAD]
            for name in ("text", "unlisted_name", "unlisted_class", "planner-text", "mark", "mark_text", *own)
        }
        draft.save(update_fields=["content"])
