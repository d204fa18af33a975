import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core.tenancy import in_public
from shared_apps.operators import services
from shared_apps.people import selectors as people
from shared_apps.people.services import new_secret


class Command(BaseCommand):
    help = (
        "Make an operator who may sign in at the console. The password is asked for, or read from "
        "OPERATOR_PASSWORD; the soft key's secret is made and shown once, or read from OPERATOR_TOTP_SECRET."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--first-name", default="Console")
        parser.add_argument("--last-name", default="Operator")

    def handle(self, *_: Any, email: str, first_name: str, last_name: str, **__: Any) -> None:
        given = os.environ.get("OPERATOR_TOTP_SECRET")
        secret = given or new_secret()
        with in_public():
            if people.find_user(email) is not None:
                self.stdout.write("This operator is there already; nothing was changed.")
                return
            password = os.environ.get("OPERATOR_PASSWORD") or getpass("Password: ")
            try:
                services.create_operator(
                    email=email,
                    first_name=first_name,
                    last_name=last_name,
                    password=password,
                    totp_secret=secret,
                )
            except services.OperatorFaultError as fault:
                raise CommandError(str(fault)) from fault
        self.stdout.write("The operator was made.")
        if not given:
            self.stdout.write(
                f"Soft key, shown this once: otpauth://totp/{settings.BRAND}:{email}?secret={secret}"
            )
