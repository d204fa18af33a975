"""The rules of migrations: what keeps old code serving on the new schema, and any school movable.

- What old code still uses is not taken away or renamed; a later release does, and says so by
  `contracts = "why old code no longer needs it"` in its Migration class.
- A new column lets old code insert rows that do not know it: null, or a default kept by the database.
- Raw SQL and Python can be undone, or say `elidable`; they use no trigger, session setting,
  advisory lock or notification.
- No foreign key goes from a school's table to one that stands in public only, or back.
- The key of a table of ours is made in the application, never by a sequence.
"""

import re
import sys
from collections.abc import Iterator

from ops.supervisor.servers import ROOT

FORBIDDEN_SQL = {
    r"\bTRIGGER\b": "needs a trigger",
    r"\bpg_(try_)?advisory": "takes an advisory lock",
    r"\b(LISTEN|NOTIFY)\b": "uses notifications",
    r"\bcurrent_setting\b|\bSET\s+(LOCAL|SESSION)\b": "reads or sets a session setting",
    r"\bCREATE\s+EXTENSION\b(?!.*\bSCHEMA\s+public\b)": "makes an extension without naming the schema public",
}

# Their shape is a library's, so their key is too.
SHAPED_BY_A_LIBRARY = {"people.RecoveryCode", "people.WebAuthnKey", "tenants.Domain"}


def ours() -> set[str]:
    """Return the labels of the apps in this repository."""
    from django.apps import apps

    packages = (ROOT / "platform", ROOT / "shared_apps", ROOT / "tenant_apps", ROOT / "tenants", ROOT / "sso")
    return {
        config.label
        for config in apps.get_app_configs()
        if any(config.path.startswith(str(package)) for package in packages)
    }


def faults_of_operation(
    operation: object, contracts: str, made_here: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Yield what is wrong with one operation; `made_here` are models that the same migration makes."""
    from django.db import models
    from django.db.migrations import operations as known

    takes_away = (
        known.RenameField,
        known.RenameModel,
        known.DeleteModel,
        known.RemoveField,
        known.AlterModelTable,
    )
    if isinstance(operation, takes_away) and not contracts:
        yield f"{operation.describe()}: old code still uses it; do it a release later, with `contracts`"
    # A table that the same migration makes is known to no old code.
    if isinstance(operation, known.AddField) and operation.model_name.lower() not in made_here:
        field = operation.field
        has_default = getattr(field, "db_default", models.NOT_PROVIDED) is not models.NOT_PROVIDED
        if not (field.null or field.many_to_many or has_default):
            yield f"{operation.describe()}: old code inserts rows without it; allow null or give db_default"
    if isinstance(operation, known.RunPython | known.RunSQL) and not (
        operation.reversible or operation.elidable
    ):
        yield f"{operation.describe()}: cannot be undone; give its reverse, or say elidable"
    if isinstance(operation, known.RunSQL):
        for pattern, fault in FORBIDDEN_SQL.items():
            if re.search(pattern, str(operation.sql), re.IGNORECASE | re.DOTALL):
                yield f"{operation.describe()}: {fault}"
    if isinstance(operation, known.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from faults_of_operation(inner, contracts, made_here)


def faults_of_migrations() -> Iterator[str]:
    """Yield what is wrong with the migrations of our apps."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.operations import CreateModel

    loader = MigrationLoader(None, ignore_no_migrations=True)
    for (label, name), migration in sorted(loader.disk_migrations.items()):
        if label not in ours():
            continue
        if migration.initial:
            # Its tables are new: no old code knows them.
            continue
        made_here = frozenset(
            operation.name.lower() for operation in migration.operations if isinstance(operation, CreateModel)
        )
        for operation in migration.operations:
            for fault in faults_of_operation(operation, getattr(migration, "contracts", ""), made_here):
                yield f"{label}.{name}: {fault}"


def faults_of_models() -> Iterator[str]:
    """Yield foreign keys that cross the wall, and keys that a sequence makes."""
    from django.apps import apps
    from django.conf import settings
    from django.db import models

    in_school = set(settings.TENANT_APPS)
    in_public = set(settings.SHARED_APPS)

    def stands(model: type[models.Model]) -> tuple[bool, bool]:
        name = apps.get_app_config(model._meta.app_label).name  # noqa: SLF001 - Django's own way to the app
        return name in in_public, name in in_school

    for model in apps.get_models(include_auto_created=True):
        meta = model._meta  # noqa: SLF001 - as above
        if meta.app_label not in ours() or meta.proxy or not meta.managed:
            continue
        key = meta.pk
        from_sequence = isinstance(key, models.AutoField | models.BigAutoField)
        if from_sequence and not meta.auto_created and meta.label not in SHAPED_BY_A_LIBRARY:
            yield f"{meta.label}: its key comes from a sequence; use core.db's Record"
        for field in meta.get_fields():
            target = getattr(field, "related_model", None)
            if not isinstance(field, models.ForeignKey) or not isinstance(target, type):
                continue
            here, there = stands(model), stands(target)
            # Every place where this table stands must hold the other one too.
            if (here[0] and not there[0]) or (here[1] and not there[1]):
                yield f"{meta.label}.{field.name}: a foreign key to {target.__name__} leaves its place"


def main() -> int:
    """Print the faults; 1 if there are any."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    import django

    django.setup()
    faults = [*faults_of_migrations(), *faults_of_models()]
    print("\n".join(faults) or "migrations and models keep the rules")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
