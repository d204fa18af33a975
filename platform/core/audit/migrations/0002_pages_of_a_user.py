from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["user_id", "at", "id"], name="audit_user_time"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["user_id", "event", "at", "id"], name="audit_user_event"),
        ),
        migrations.RemoveIndex(model_name="auditevent", name="audit_user"),
    ]
