from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants import migrating


class Command(BaseCommand):
    help = "Bring the provider's own schema up to date; migrate_schools does so too."
    requires_system_checks: list[str] = []

    def handle(self, *_: Any, **__: Any) -> None:
        try:
            migrating.migrate_public(self.stdout.write)
        except migrating.MigrationFaultError as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write("The public schema is up to date.")
