"""Writes of the people app, by topic."""

from shared_apps.people.services.accounts import (
    AddressTakenError,
    change_email,
    create_user,
    deactivate,
    reactivate,
    set_active,
    set_theme,
    update_user,
)
from shared_apps.people.services.keys import (
    KeyTry,
    SavedKey,
    UnknownKeyError,
    WrongCodeError,
    new_secret,
    remove_all_keys,
    remove_key,
    rename_key,
    renew_recovery_codes,
    save_key,
    try_key,
)
from shared_apps.people.services.passwords import (
    WeakPasswordError,
    digest_of,
    issue_link,
    request_reset,
    set_password,
)
from shared_apps.people.services.sessions import UnknownSessionError, end_session, end_sessions
from shared_apps.people.services.sign_in import (
    PasswordTry,
    close_session,
    elevate_session,
    open_session,
    try_password,
)
from shared_apps.people.services.strength import Strength, rate
from shared_apps.people.services.sweeping import sweep

__all__ = [
    "AddressTakenError",
    "KeyTry",
    "PasswordTry",
    "SavedKey",
    "Strength",
    "UnknownKeyError",
    "UnknownSessionError",
    "WeakPasswordError",
    "WrongCodeError",
    "change_email",
    "close_session",
    "create_user",
    "deactivate",
    "digest_of",
    "elevate_session",
    "end_session",
    "end_sessions",
    "issue_link",
    "new_secret",
    "open_session",
    "rate",
    "reactivate",
    "remove_all_keys",
    "remove_key",
    "rename_key",
    "renew_recovery_codes",
    "request_reset",
    "save_key",
    "set_active",
    "set_password",
    "set_theme",
    "sweep",
    "try_key",
    "try_password",
    "update_user",
]
