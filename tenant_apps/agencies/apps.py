from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "tenant_apps.agencies"
    verbose_name = "Agencies"
    audit_words = {
        "agency.added": "Added agencies",
        "agency.changed": "Changed an agency",
        "agency.deleted": "Deleted an agency",
        "agency.disabled": "Disabled an agency",
        "agency.enabled": "Enabled an agency",
        "agency.renamed": "Renamed an agency",
        "agency.merged": "Merged agencies",
    }

    def ready(self) -> None:
        from tenant_apps.agencies import adapters
        from tenants.seeding import register_step

        register_step("agencies", 30, adapters.seed)
