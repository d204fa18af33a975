"""The tests: real servers, whose addresses tests/conftest.py puts into the environment first."""

from config.settings.base import *

DEBUG = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
# Whole argon2 costs 40 ms a sign-in and the tests sign in thousands of times; its own test names it.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
# Nothing is collected for the tests; pages name their files by their plain addresses.
STATIC_ROOT = None
