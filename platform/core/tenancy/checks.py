"""System checks: settings under which one school could read another's stop the start."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import models

KEY_FUNCTION = "core.tenancy.cache.school_key_function"
ENGINE = "core.tenancy.backend"
MIDDLEWARE = "core.tenancy.middleware.SchoolMiddleware"
# What reads the session, the user or the database; it has to know the school.
NEEDS_THE_SCHOOL = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)


@register(Tags.security)
def settings_keep_schools_apart(**_: Any) -> list[Error]:
    """Every setting on which the walls between schools rest."""
    return [Error(text, hint=hint, id=f"tenancy.{code}") for code, text, hint in _faults()]


def _faults() -> Iterator[tuple[str, str, str]]:
    if set(settings.DATABASES) != {"default"}:
        yield "E001", "There is more than one database.", "Only `default` knows which school is asked."
    if settings.DATABASES["default"]["ENGINE"] != ENGINE:
        yield "E002", "The database engine does not keep schools apart.", f"ENGINE must be {ENGINE}."
    if not getattr(settings, "TENANT_LIMIT_SET_CALLS", False):
        yield "E003", "Every statement would set the search_path anew.", "Set TENANT_LIMIT_SET_CALLS = True."
    if settings.SESSION_ENGINE != "django.contrib.sessions.backends.cached_db":
        yield (
            "E004",
            "Sessions do not lie in the school's own table.",
            "SESSION_ENGINE must be Django's cached_db: a signed cookie is good at every school.",
        )
    for alias, cache in settings.CACHES.items():
        if cache.get("KEY_FUNCTION") != KEY_FUNCTION:
            yield "E005", f"The cache {alias!r} mixes schools.", f"Its KEY_FUNCTION must be {KEY_FUNCTION}."
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN"):
        if getattr(settings, name):
            yield (
                "E006",
                f"{name} sends the cookie to every school.",
                f"{name} must be None: a host-only cookie.",
            )
    if settings.USE_X_FORWARDED_HOST:
        yield (
            "E007",
            "A header that anybody can write would choose the school.",
            "USE_X_FORWARDED_HOST must be False.",
        )
    if "_" in settings.BASE_DOMAIN:
        yield "E008", "BASE_DOMAIN holds an underscore.", "Browsers drop the cookies of such hosts."
    yield from _middleware_faults(settings.MIDDLEWARE)
    if (
        not settings.DEBUG
        and settings.SESSION_COOKIE_SECURE
        and not (
            settings.SESSION_COOKIE_NAME.startswith("__Host-")
            and settings.CSRF_COOKIE_NAME.startswith("__Host-")
        )
    ):
        yield (
            "E010",
            "A neighbouring host could set the cookies.",
            "Name them __Host-… wherever they are Secure.",
        )


def _middleware_faults(middleware: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    if MIDDLEWARE not in middleware:
        yield "E009", "No middleware chooses the school.", f"Put {MIDDLEWARE} into MIDDLEWARE."
        return
    here = middleware.index(MIDDLEWARE)
    for name in NEEDS_THE_SCHOOL:
        if name in middleware and middleware.index(name) < here:
            yield "E009", f"{name} runs before the school is known.", f"Put it after {MIDDLEWARE}."


@register(Tags.models)
def models_keep_schools_apart(app_configs: Any = None, **_: Any) -> list[Error]:
    """No foreign key crosses a schema: none from a school's table to a public one or back."""
    from django.apps import apps

    in_public, in_schools = _app_names(settings.SHARED_APPS), _app_names(settings.TENANT_APPS)
    faults = []
    app_of = {
        model: config.name
        for config in apps.get_app_configs()
        for model in config.get_models(include_auto_created=True)
    }
    for model, here in app_of.items():
        for field in model._meta.get_fields():  # noqa: SLF001 -- the documented way to a model's fields
            if not isinstance(field, models.ForeignKey) or field.model is not model:
                continue
            there = app_of[field.related_model]
            if (here in in_schools and there not in in_schools) or (
                here in in_public and there not in in_public
            ):
                faults.append(
                    Error(
                        f"{here}: {model.__name__}.{field.name} points from one schema into another.",
                        hint="Keep the UUID without a foreign key.",
                        id="tenancy.E011",
                    )
                )
    return faults


def _app_names(listed: Sequence[str]) -> set[str]:
    from django.apps import apps

    entries = {
        f"{config.__module__}.{type(config).__name__}": config.name for config in apps.get_app_configs()
    }
    return {entries.get(name, name) for name in listed}
