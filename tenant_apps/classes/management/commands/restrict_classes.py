"""`manage.py restrict_classes --school <schema or subdomain> --request REFERENCE [--kind tutor ...]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.tenancy import in_school
from tenant_apps.classes.enums import GroupKind
from tenant_apps.classes.services import owe_restriction
from tenants.management.naming import named_school


class Command(BaseCommand):
    """Restricts kinds of group for a school that asked for it in writing.

    A worker does it in the school, where it is audited and shown under "Admin" > "Groups"; the operator sees
    nothing of the school.
    """

    help = "Restrict exactly these kinds of group in a school, on its written request; none lifts all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, help="schema name or subdomain")
        parser.add_argument(
            "--request", required=True, help="reference of the school's letter, such as R-1042"
        )
        parser.add_argument("--kind", action="append", default=[], choices=GroupKind.values)

    def handle(self, *_: Any, school: str, request: str, kind: list[str], **__: Any) -> None:
        if not request.isascii() or not request.replace("-", "").isalnum():
            raise CommandError("The reference holds letters, digits and hyphens only.")
        with in_school(named_school(school)):
            owe_restriction(kinds=sorted(set(kind)), request=request)
        told = ", ".join(GroupKind(one).label.lower() for one in sorted(set(kind))) or "no kind of group"
        self.stdout.write(f"A worker will restrict {told}. The school's administrators will see it.")
