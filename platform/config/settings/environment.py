"""Reads the settings that come from environment variables.

A variable that is missing or unsafe stops the start with its name and the remedy, never with a traceback
that leaves the reader guessing.
"""

import base64
import binascii
import os
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str, remedy: str) -> str:
    """The variable's value; raises ImproperlyConfigured with the remedy when it is not set or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {remedy}")
    return value


def optional(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def whole_number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def is_on(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").lower()
    if value in {"", "0", "1", "true", "false"}:
        return default if value == "" else value in {"1", "true"}
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def root_key(name: str) -> bytes:
    """The 32 bytes that wrap every school's key, given as base64."""
    text = required(name, "Make one with: openssl rand -base64 32")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64; without it no document can be read.")
    return key


def database(url: str, name: str) -> dict[str, object]:
    """NAME, USER, PASSWORD, HOST and PORT from postgresql://user:password@host:port/name."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname or len(parts.path) < 2:
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/database.")
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname,
        "PORT": str(parts.port or 5432),
    }


def role(name: str, default: str) -> str:
    """The user that this variable's address signs in as; a process need not know the others' passwords."""
    return unquote(urlsplit(optional(name)).username or "") or default


def mail_server(url: str) -> dict[str, object]:
    """Django's EMAIL_* settings from smtp://user:password@host:port or smtps:// or smtp+tls://."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps", "smtp+tls"} or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must look like smtp+tls://user:password@host:587.")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or 25,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
    }
