from django.db import migrations

from core.db.extensions import ExtensionIn


class Migration(migrations.Migration):
    """Searches in texts use an index of trigrams. The extension stands once, for all schools."""

    dependencies = [("tenants", "0001_initial")]

    operations = [ExtensionIn("pg_trgm", schema="public")]
