from django.db import migrations


class Migration(migrations.Migration):
    """Searches in texts use an index of trigrams. An extension stands once, in public, for all schools."""

    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public",
            # Indexes of schools use it; whoever goes back leaves it.
            reverse_sql=migrations.RunSQL.noop,
        )
    ]
