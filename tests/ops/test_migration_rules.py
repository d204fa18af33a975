"""The rules of migrations find what would stop old code, and leave alone what would not."""

import pytest
from django.db import migrations, models
from django.db.models.functions import Now

from ops.migration_rules import faults_of_operation

NULLABLE = models.TextField(null=True)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("incident", "text"),
        migrations.RenameField("incident", "text", "body"),
        migrations.RenameModel("Incident", "Report"),
        migrations.DeleteModel("Incident"),
        migrations.AddField("incident", "text", models.TextField(default="")),
        migrations.RunSQL("SELECT 1"),
        migrations.RunPython(lambda apps, editor: None),
        migrations.RunSQL("CREATE TRIGGER t", "DROP TRIGGER t"),
        migrations.RunSQL("SELECT pg_advisory_lock(1)", ""),
        migrations.RunSQL("SELECT current_setting('a.b')", ""),
        migrations.RunSQL("CREATE EXTENSION unaccent", "DROP EXTENSION unaccent"),
        migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL("NOTIFY a", "")]),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_would_stop_old_code_is_a_fault(operation: migrations.operations.base.Operation) -> None:
    assert list(faults_of_operation(operation, contracts=""))


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("incident", "text", NULLABLE),
        migrations.AddField("incident", "made", models.DateTimeField(db_default=Now())),
        migrations.RunSQL("CREATE EXTENSION unaccent WITH SCHEMA public", "DROP EXTENSION unaccent"),
        migrations.RunPython(lambda apps, editor: None, elidable=True),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_old_code_can_live_with_is_none(operation: migrations.operations.base.Operation) -> None:
    assert not list(faults_of_operation(operation, contracts=""))


def test_a_later_release_may_take_away_with_its_reason() -> None:
    operation = migrations.RemoveField("incident", "text")
    assert not list(faults_of_operation(operation, contracts="nothing reads it since the last release"))
