"""The worker's process without manage.py, for containers: `python -m config.jobs work` or `… schedule`."""

import os
import sys


def main() -> None:
    """Prove the way to the database as the web process does, then run the worker or the scheduler."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

    import django
    from django.core.management import call_command

    django.setup()

    from core.tenancy.proof import prove_search_path

    prove_search_path()
    call_command("schedule" if sys.argv[1:2] == ["schedule"] else "work")


if __name__ == "__main__":
    main()
