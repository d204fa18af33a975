"""Settings under which schools would mix stop the start."""

import pytest

from core.tenancy import checks


def codes():
    return {fault.id for fault in checks.settings_keep_schools_apart()}


def test_settings_are_faultless():
    assert codes() == set()
    assert checks.models_keep_schools_apart() == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("TENANT_LIMIT_SET_CALLS", False, "E003"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.signed_cookies", "E004"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.cache", "E004"),
        ("SESSION_COOKIE_DOMAIN", ".localhost", "E006"),
        ("CSRF_COOKIE_DOMAIN", ".localhost", "E006"),
        ("USE_X_FORWARDED_HOST", True, "E007"),
        ("BASE_DOMAIN", "re_cords.example", "E008"),
        ("MIDDLEWARE", [], "E009"),
        (
            "MIDDLEWARE",
            [
                "django.contrib.sessions.middleware.SessionMiddleware",
                "core.tenancy.middleware.SchoolMiddleware",
            ],
            "E009",
        ),
        ("SESSION_COOKIE_SECURE", True, "E010"),
        ("CACHES", {"default": {"BACKEND": "x"}}, "E005"),
    ],
)
def test_unsafe_setting_is_told(settings, name, value, code):
    setattr(settings, name, value)
    assert f"tenancy.{code}" in codes()


def test_a_second_cache_without_the_key_function_is_told(settings):
    settings.CACHES = {
        **settings.CACHES,
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    }
    assert codes() == {"tenancy.E005"}


def test_other_engine_and_second_database_are_told(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    monkeypatch.setitem(settings.DATABASES, "other", {"ENGINE": "django.db.backends.sqlite3"})
    assert {"tenancy.E001", "tenancy.E002"} <= codes()
