"""The indexes for searching in texts are made again: dropping an index is what drops its samples."""

import django.contrib.postgres.indexes
from django.db import migrations

import core.db.folded
import core.db.unsampled

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
                index=core.db.unsampled.UnsampledGinIndex(
                    django.contrib.postgres.indexes.OpClass(
                        core.db.folded.Folded("text"), name="public.gin_trgm_ops"
                    ),
                    fastupdate=False,
                    name=index,
                ),
            ),
        )
    ]
