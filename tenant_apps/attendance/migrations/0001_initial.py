import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("students", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "student_id",
                        "date",
                        "session",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="students.student",
                    ),
                ),
                ("date", models.DateField()),
                ("session", models.TextField(choices=[("AM", "AM"), ("PM", "PM")])),
                ("code", models.TextField()),
                ("minutes_late", models.PositiveSmallIntegerField(blank=True, null=True)),
            ],
        ),
    ]
