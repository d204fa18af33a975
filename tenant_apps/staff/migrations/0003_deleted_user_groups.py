import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staff", "0002_users_groups_and_second_person")]

    operations = [
        migrations.AddField(
            model_name="usergroup",
            name="deleted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="usergroup",
            name="deletion_request",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.RemoveConstraint(model_name="usergroup", name="user_group_name_once"),
        migrations.AddConstraint(
            model_name="usergroup",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("deleted_at__isnull", True)),
                name="user_group_name_once",
            ),
        ),
    ]
