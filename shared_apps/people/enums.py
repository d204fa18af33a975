"""Choices of the people app."""

from django.db import models


class Theme(models.TextChoices):
    """How the pages look for this person; "system" follows the device."""

    SYSTEM = "system", "Same as the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"
    CONTRAST = "contrast", "High contrast"


class TryKind(models.TextChoices):
    """What was tried; each kind is counted and paused by itself."""

    PASSWORD = "password", "Password"
    KEY = "key", "Key"
    RESET = "reset", "Reset"


class Rating(models.TextChoices):
    """The strength of a password, in the words the page shows."""

    WEAK = "weak", "WEAK"
    FAIR = "fair", "FAIR"
    STRONG = "strong", "STRONG"
    VERY_STRONG = "very-strong", "VERY STRONG"


class KeyUse(models.TextChoices):
    """What a key was given for."""

    LOGIN = "login", "Login"
    ELEVATE = "elevate", "Elevate Your Access"
    UNLOCK = "unlock", "Unlock"
    CONFIRM = "confirm", "Confirm"


# What a session holds beside Django's own.
SIGNED_IN_AT = "signed_in_at"
ELEVATED_AT = "elevated_at"
PENDING_KEY = "pending_key"
SEEN_AT = "seen_at"
CONFIRMED_AT = "confirmed_at"
CEREMONY = "ceremony"
# The idle lock's: under which name Valkey knows the last activity, and what the row knows of it.
ACTIVITY = "activity"
ACTIVE_AT = "active_at"
COVERED_AT = "covered_at"
LOCKED_AT = "locked_at"
