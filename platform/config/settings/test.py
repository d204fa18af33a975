"""The tests: real servers, whose addresses tests/conftest.py puts into the environment first."""

from config.settings.base import *  # noqa: F403 -- a settings module extends another by its names

DEBUG = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
# Whole argon2 costs 40 ms a sign-in; the tests sign in thousands of times.
PASSWORD_HASHERS = ["shared_apps.people.adapters.QuickArgon2PasswordHasher"]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
