"""The indexes for searching in texts are made again, and of them no statistics are kept.

The planner would look for what is typed in a hundred sampled texts before each search, which takes longer than
the search; and the samples are a copy of what people wrote. Dropping an index is what drops its samples.
"""

import django.contrib.postgres.indexes
from django.db import migrations

import core.db.folded

INDEXES = {"action": "action_text", "incident": "incident_text"}


class Migration(migrations.Migration):
    dependencies = [("incidents", "0007_waiting_drafts")]

    operations = [
        operation
        for model_name, index in INDEXES.items()
        for operation in (
            migrations.RemoveIndex(model_name=model_name, name=index),
            migrations.AddIndex(
                model_name=model_name,
                index=django.contrib.postgres.indexes.GinIndex(
                    django.contrib.postgres.indexes.OpClass(
                        core.db.folded.Folded("text"), name="public.gin_trgm_ops"
                    ),
                    fastupdate=False,
                    name=index,
                ),
            ),
            migrations.RunSQL(
                f"ALTER INDEX {index} ALTER COLUMN 1 SET STATISTICS 0",
                f"ALTER INDEX {index} ALTER COLUMN 1 SET STATISTICS -1",
            ),
        )
    ]
