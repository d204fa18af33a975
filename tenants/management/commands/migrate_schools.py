from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import migrating


class Command(BaseCommand):
    help = "Bring public, the template and every school up to date; goes on where a run was stopped."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            migrating.migrate_schools(self.stdout.write)
        except migrating.MigrationFaultError as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write("Every school is up to date.")
