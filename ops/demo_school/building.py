"""Makes each demo school: provisioned, imported, staffed, written in."""

import base64
import os
import secrets
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ops.demo_school import cast
from ops.demo_school.calendar import LONDON, SchoolDays
from ops.demo_school.extracts import for_today
from ops.demo_school.records import Writer, read_records
from ops.demo_school.set_pieces import SetPieces, hire_leavers

ROOT = Path(__file__).resolve().parents[2]
SHEETS = ROOT / "ops/demo_data"
SCHOOLS = ("stgeorges", "riverside", "hillview")


def build(*, data_dir: Path, base: str, today: date | None = None) -> dict[str, Any]:
    """Provisions the three schools and fills them; returns the rows of demo.json about them."""
    today = today or datetime.now(LONDON).date()
    records = read_records(SHEETS / "records")
    schools = []
    for subdomain in SCHOOLS:
        began = time.monotonic()
        extract = for_today(SHEETS / f"extracts/{subdomain}-full.zip", data_dir / "extracts", today)
        _command("provision_school", str(SHEETS / f"setup/{subdomain}.xlsx"))
        _command("import_extract", "--school", subdomain, str(extract))
        schools.append(fill(subdomain, base, SchoolDays(today), records))
        print(f"{subdomain} is ready after {time.monotonic() - began:.0f} s", flush=True)
    return {"schools": schools, "sso": []}


def _command(*arguments: str) -> None:
    """Runs a command as a person would, under the database role that manage.py gives it."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_ROLE"}
    subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], env=environment, check=True)


def fill(subdomain: str, base: str, days: SchoolDays, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Staffs a school that was provisioned and imported, writes in it, and returns its row of demo.json."""
    from core.tenancy import in_school
    from tenants.selectors import get_school_by_subdomain

    school = get_school_by_subdomain(subdomain)
    with in_school(school):
        people = People(subdomain, days)
        users = people.arrive()
        hire_leavers(subdomain, people.ids, people.joined_at)
        writer = Writer(subdomain, people.ids, days)
        pieces = SetPieces(writer)
        writer.write([row for row in records if row["school"] == subdomain], pieces.moments)
        pieces.afterwards()
    return {
        "name": school.name,
        "schema": school.schema_name,
        "host": f"{subdomain}.{base}",
        "extract_token": None,
        "users": users,
    }


class People:
    """The staff of one demo school: users, groups, alert groups, passwords and keys."""

    def __init__(self, subdomain: str, days: SchoolDays) -> None:
        self.subdomain = subdomain
        self.today = datetime.now(LONDON).date()
        # Before the first entry that one of them writes.
        self.joined_at = days.at(-820, "08:00")
        self.seen_at = days.at(0, "08:20")
        self.ids: dict[str, Any] = {}

    def arrive(self) -> list[dict[str, Any]]:
        """Everyone of the MIS becomes a user; returns the sign-in sheet's rows."""
        self._register()
        self._set_up()
        return self._sign_in_rows()

    def _register(self) -> None:
        from django.db.models import Q

        from core.access import SYSTEM
        from shared_apps.people.models import User
        from shared_apps.people.services import create_user, update_user
        from tenant_apps.staff.models import MISStaff
        from tenant_apps.staff.selectors import user_group_ids
        from tenant_apps.staff.services import add_member

        groups = user_group_ids()
        there = set(User.objects.values_list("email", flat=True))
        present = Q(end_date=None) | Q(end_date__gte=self.today)
        staff = MISStaff.objects.filter(present, start_date__lte=self.today).exclude(email="")
        for number, person in enumerate(staff.order_by("mis_id"), start=201):
            extension = str(number)
            if person.email in there:
                user = User.objects.get(email=person.email)
                update_user(user_id=user.pk, by=SYSTEM, extension=extension, at=self.joined_at)
                continue
            user = create_user(
                email=person.email,
                title=person.title,
                first_name=person.first_name,
                last_name=person.last_name,
                extension=extension,
                by=SYSTEM,
                at=self.joined_at,
            )
            add_member(
                user_id=user.pk,
                group_id=groups[cast.group_for(person.job_title)],
                job_title=person.job_title,
                mis_id=person.mis_id,
                by=SYSTEM,
                at=self.joined_at,
            )
        names = {email.split("@")[0]: pk for email, pk in User.objects.values_list("email", "pk")}
        self.ids = {token: names[name] for token, name in cast.TOKENS[self.subdomain].items()}
        self.ids |= names

    def _set_up(self) -> None:
        from core.access import SYSTEM
        from tenant_apps.school_settings.services import update_settings
        from tenant_apps.staff.services import save_alert_group

        update_settings(
            by=SYSTEM,
            out_of_hours_number="01632 960901",
            chair_of_governors="Mrs Frances Hale (chair@governors.example)",
            lado_number="01632 960902",
            safeguarding_line="01632 960903",
            head_name=self._formal("head"),
        )
        for name, tokens in cast.ALERT_GROUPS[self.subdomain].items():
            members = [self.ids[token] for token in tokens]
            save_alert_group(name=name, member_ids=members, by=SYSTEM, at=self.joined_at)
        everyone = set(self.ids.values())
        save_alert_group(
            name=cast.LIBRARY_ONLY, member_ids=everyone, on_incidents=False, by=SYSTEM, at=self.joined_at
        )

    def _sign_in_rows(self) -> list[dict[str, Any]]:
        from shared_apps.people.models import User
        from tenant_apps.staff.selectors import group_name_of

        # Everyone who is assigned incidents or writes as a key user has a key; only the cast knows theirs.
        known = cast.SIGN_IN[self.subdomain]
        for token in self.ids:
            if token.startswith("hoy") or token in {"dsl", "deputy", "senco", "attendance", "head"}:
                name = cast.TOKENS[self.subdomain][token]
                if name not in known:
                    self._give_key(User.objects.get(pk=self.ids[token]))
        rows = []
        for name in [*known, cast.NEVER_SIGNED_IN[self.subdomain]]:
            user = User.objects.get(pk=self.ids[name])
            password = secret = None
            if name in known:
                password = f"{secrets.choice(WORDS)}-{secrets.choice(WORDS)}-{secrets.randbelow(9000) + 1000}"
                user.set_password(password)
                user.save(update_fields=["password"])
                secret = self._give_key(user) if known[name] else None
            rows.append(
                {
                    "name": user.full_name,
                    "email": user.email,
                    "group": group_name_of(user.pk),
                    "password": password,
                    "totp_secret": secret,
                }
            )
        return rows

    def _give_key(self, user: Any) -> str:
        from django_otp.plugins.otp_totp.models import TOTPDevice

        from shared_apps.people.services import new_secret

        secret = new_secret()
        TOTPDevice.objects.create(
            user=user,
            name="My Phone",
            key=base64.b32decode(secret).hex(),
            confirmed=True,
            last_used_at=self.seen_at,
        )
        return secret

    def _formal(self, token: str) -> str:
        from shared_apps.people.selectors import names_of

        return names_of([self.ids[token]])[self.ids[token]].formal


WORDS = (
    *("Amber", "Anchor", "Basalt", "Beacon", "Bramble", "Candle", "Cedar", "Cobalt", "Copper", "Cotton"),
    *("Cypress", "Damson", "Ember", "Falcon", "Fennel", "Garnet", "Ginger", "Harbour", "Heather", "Hickory"),
    *("Indigo", "Juniper", "Kestrel", "Lantern", "Larch", "Linnet", "Maple", "Marble", "Meadow", "Nutmeg"),
    *("Orchard", "Pebble", "Pepper", "Plover", "Quartz", "Quince", "Rowan", "Saffron", "Sorrel", "Spindle"),
)
