"""Extensions of PostgreSQL: made once, in public, by a migration that names the schema."""

from typing import Any

from django.contrib.postgres.operations import CreateExtension
from django.db import router


class ExtensionIn(CreateExtension):
    """Makes an extension in this schema if it is not there. Going back leaves it: schools' indexes use it."""

    def __init__(self, name: str, schema: str) -> None:
        super().__init__(name)
        self.schema = schema

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if router.allow_migrate(schema_editor.connection.alias, app_label):
            name, schema = (schema_editor.quote_name(word) for word in (self.name, self.schema))
            schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {schema}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Nothing is taken away."""
