"""`manage.py delete_user_group --school <schema or subdomain> --group NAME --request REFERENCE`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from core.tenancy import in_school
from tenant_apps.staff.services.user_groups import owe_deletion
from tenants.management.naming import named_school

LONGEST = 60


class Command(BaseCommand):
    """Deletes a user group for a school that asked for it in writing.

    A worker does it in the school, where it is audited and shown under "Admin" > "Users" > "User Groups"; the
    operator sees nothing of the school but whether, and for how many users, it cannot be done.
    """

    help = "Delete a user group that nobody is in, on the school's written request."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, help="schema name or subdomain")
        parser.add_argument("--group", required=True, help="the group's name, as the school wrote it")
        parser.add_argument(
            "--request", required=True, help="reference of the school's letter, such as R-1042"
        )

    def handle(self, *_: Any, school: str, group: str, request: str, **__: Any) -> None:
        if not (request.isascii() and request.replace("-", "").isalnum()) or len(request) > LONGEST:
            raise CommandError("The reference holds letters, digits and hyphens only, 60 at most.")
        with in_school(named_school(school)):
            try:
                owe_deletion(name=group, request=request)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from None
        self.stdout.write("A worker will delete the user group. The school's administrators will see it.")
