"""The worker's process without manage.py, for containers: `python -m config.jobs work` or `… schedule`."""

import os
import sys


def main() -> None:
    """Run the worker, or the scheduler if asked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

    import django
    from django.core.management import call_command

    django.setup()
    call_command("schedule" if sys.argv[1:2] == ["schedule"] else "work")


if __name__ == "__main__":
    main()
