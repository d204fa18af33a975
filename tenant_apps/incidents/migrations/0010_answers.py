import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import core.db.keys


class Migration(migrations.Migration):
    dependencies = [
        ("form_builder", "0001_initial"),
        ("incidents", "0009_marks"),
    ]

    operations = [
        migrations.CreateModel(
            name="ActionAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dropdown", "Dropdown"),
                            ("text", "Text"),
                            ("multiline", "Multiline text"),
                            ("date", "Date"),
                            ("datetime", "Date/Time"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="of the field on the form")),
                (
                    "action",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="incidents.action",
                    ),
                ),
                (
                    "field",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="form_builder.customfield",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("action", "field"), name="action_answer_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.db.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.TextField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dropdown", "Dropdown"),
                            ("text", "Text"),
                            ("multiline", "Multiline text"),
                            ("date", "Date"),
                            ("datetime", "Date/Time"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "values",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("position", models.PositiveSmallIntegerField(help_text="of the field on the form")),
                (
                    "field",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="form_builder.customfield",
                    ),
                ),
                (
                    "incident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="incidents.incident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("incident", "field"), name="incident_answer_once")
                ],
            },
        ),
    ]
