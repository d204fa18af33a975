from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning import ProvisioningFaultError, provision, taken
from tenants.selectors import school_url
from tenants.setup_sheet import SetupSheetError, read_setup_sheet


class Command(BaseCommand):
    help = "Make a school from its set-up spreadsheet, or say everything that is wrong with the sheet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.xlsx")
        parser.add_argument("--check", action="store_true", help="only look for faults; make nothing")

    def handle(self, *_: Any, file: Path, check: bool, **__: Any) -> None:
        try:
            sheet = read_setup_sheet(file)
            if check:
                if faults := taken(sheet):
                    raise SetupSheetError(faults)
                self.stdout.write(f"{sheet.name}: no faults.")
                return
            made = provision(sheet, tell=self.stdout.write)
        except SetupSheetError as error:
            lines = [f"{len(error.faults)} faults; nothing was made.", *map(str, error.faults)]
            raise CommandError("\n".join(lines)) from error
        except ProvisioningFaultError as error:
            raise CommandError(str(error)) from error
        for note in made.notes:
            self.stdout.write(f"Note: {note}")
        self.stdout.write(f"{made.school.name} stands at {school_url(made.school)}")
