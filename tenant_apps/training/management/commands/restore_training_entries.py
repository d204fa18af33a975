"""`manage.py restore_training_entries --school <schema or subdomain> --request REFERENCE --number N ...`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy import in_school
from tenant_apps.training.services import MOST_NUMBERS, owe_return
from tenants.management.naming import named_school

LONGEST = 60


class Command(BaseCommand):
    """Brings back entries that went with training mode, for a school that asked for it in writing.

    A worker does it in the school, where it is audited and shown under "Manage Training Mode"; the operator
    sees nothing of the school.
    """

    help = "Bring back what was removed as training of these incidents, on the school's written request."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, help="schema name or subdomain")
        parser.add_argument(
            "--request", required=True, help="reference of the school's letter, such as R-1042"
        )
        parser.add_argument(
            "--number",
            action="append",
            type=int,
            required=True,
            help="number of an incident; repeatable",
        )

    def handle(self, *_: Any, school: str, request: str, number: list[int], **__: Any) -> None:
        if not (request.isascii() and request.replace("-", "").isalnum()) or len(request) > LONGEST:
            raise CommandError("The reference holds letters, digits and hyphens only, 60 at most.")
        if len(number) > MOST_NUMBERS or any(not 0 < one < 2**31 for one in number):
            raise CommandError(f"Give up to {MOST_NUMBERS} numbers of incidents.")
        with in_school(named_school(school)):
            owe_return(numbers=number, request=request)
        self.stdout.write("A worker will bring them back. The school's administrators will see it.")
