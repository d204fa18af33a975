"""Makes a school from its set-up spreadsheet: all of it, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q
from psycopg import errors

from core.audit.services import record
from core.crypto import new_wrapped_key
from core.db.clock import now
from core.outbox.services import owe
from core.tenancy import in_public, in_school
from core.tenancy.hosts import address_of
from tenants import seeding
from tenants.clone import CloneFaultError, clone
from tenants.migrating import LOCK_TABLE, TEMPLATE_SCHEMA, app_labels, applied_in
from tenants.models import Domain, School
from tenants.setup_sheet import Fault, SetupSheet, SetupSheetError

Tell = Callable[[str], object]
LOCK_TIMEOUT = "60s"


class ProvisioningFaultError(Exception):
    """The school cannot be made now; the text says why. Nothing of it is left."""


@dataclass
class Provisioned:
    """A school that was made, and what the operator should hear about it."""

    school: School
    notes: list[str] = field(default_factory=list)


def provision(sheet: SetupSheet, *, tell: Tell = lambda _: None, at: datetime | None = None) -> Provisioned:
    """Make the school: schema, address, what the apps' steps fill in, and the welcome mail as a debt.

    One transaction as the owner: a failure at any step, or a kill, leaves nothing. Raises SetupSheetError
    when the subdomain or the URN is taken, ProvisioningFaultError when the template is missing or being
    migrated.
    """
    with transaction.atomic():
        _wait_for_migrations(tell)
        _refuse_stale_template()
        if faults := taken(sheet):
            raise SetupSheetError(faults)
        tell("School and address")
        with in_public():
            school = School.objects.create(
                name=sheet.name,
                subdomain=sheet.subdomain,
                urn=sheet.urn,
                la_number=sheet.la_number,
                establishment_number=sheet.establishment_number,
                phase=sheet.phase,
                post_code=sheet.post_code,
                main_contact_name=sheet.main_contact_name,
                main_contact_email=sheet.main_contact_email,
                time_zone=sheet.time_zone,
                wrapped_key=new_wrapped_key(),
                created_at=at or now(),
            )
            Domain.objects.create(domain=address_of(school.subdomain), tenant=school)
        tell("Schema")
        try:
            clone(school.schema_name)
        except CloneFaultError as fault:
            raise ProvisioningFaultError(str(fault)) from fault
        result = Provisioned(school)
        with in_school(school):
            for step in seeding.steps():
                tell(step.name)
                result.notes += step.run(school, sheet) or []
            record("school.provisioned", by=None, at=at)
            tell("Welcome email")
            owe("tenants.welcome", key="welcome", payload={})
    return result


def taken(sheet: SetupSheet) -> list[Fault]:
    """The faults of a sheet whose subdomain or URN another school has."""
    with in_public():
        schools = list(School.objects.filter(Q(subdomain=sheet.subdomain) | Q(urn=sheet.urn)))
        address = address_of(sheet.subdomain)
        is_address_taken = Domain.objects.filter(domain=address).exists()
    faults = []
    if is_address_taken or any(school.subdomain == sheet.subdomain for school in schools):
        faults.append(Fault("School", "B2", sheet.subdomain, "Another school has this subdomain."))
    if any(school.urn == sheet.urn for school in schools):
        faults.append(Fault("School", "B3", sheet.urn, "Another school has this URN."))
    return faults


def _wait_for_migrations(tell: Tell) -> None:
    """Schools may be made side by side, but not while their structure changes."""
    lock = f"LOCK TABLE public.{LOCK_TABLE} IN ROW EXCLUSIVE MODE"
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"{lock} NOWAIT")
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
        else:
            return
        tell("A migration is running; waiting for it to end.")
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        try:
            cursor.execute(lock)
        except OperationalError as error:
            raise ProvisioningFaultError(
                "A migration is still running. Try again when it has ended."
            ) from error
        cursor.execute("SET LOCAL lock_timeout = 0")


def _refuse_stale_template() -> None:
    """A school made from an old template would miss what running code expects."""
    labels = app_labels(settings.TENANT_APPS)
    newest = {node for node in MigrationLoader(None).graph.leaf_nodes() if node[0] in labels}
    if missing := newest - applied_in([TEMPLATE_SCHEMA])[TEMPLATE_SCHEMA]:
        behind = ", ".join(sorted(app for app, _ in missing))
        raise ProvisioningFaultError(
            f"The template lacks the newest migrations of {behind}. Run `manage.py migrate_schools` first."
        )
