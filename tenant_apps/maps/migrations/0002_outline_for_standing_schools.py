"""The "Body Map" for schools that stand already; a new one gets it when it is provisioned."""

from typing import Any

from django.db import migrations

from core.db.keys import uuid7


def add_outline(apps: Any, schema_editor: Any) -> None:
    is_standing = apps.get_model("school_settings", "Settings").objects.exists()
    maps = apps.get_model("maps", "Map").objects
    if is_standing and not maps.exists():
        maps.create(id=uuid7(), title="Body Map", position=0, width=400, height=335)


class Migration(migrations.Migration):
    dependencies = [("maps", "0001_initial"), ("school_settings", "0001_initial")]

    operations = [migrations.RunPython(add_outline, migrations.RunPython.noop)]
