#!/usr/bin/env python
"""Django's command line, with `platform/` on the path and the demo's settings by default."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


# Only what changes tables works as their owner; everything else must live with what the product may do.
OWNER_COMMANDS = (
    "migrate",
    "provision",
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "squashmigrations",
)
PLATFORM_COMMANDS = ("create_operator",)


def role_for(command: str) -> str:
    """Return the database role under which a command runs."""
    if command.startswith(OWNER_COMMANDS):
        return "owner"
    return "platform" if command.startswith(PLATFORM_COMMANDS) else "app"


def main() -> None:
    """Run one management command."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
    os.environ.setdefault("DATABASE_ROLE", role_for(sys.argv[1] if len(sys.argv) > 1 else ""))

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        # The settings name the variable and the remedy; a traceback would bury both.
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
