from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "tenant_apps.agencies"
    verbose_name = "Agencies"

    def ready(self) -> None:
        from tenant_apps.agencies import adapters
        from tenants.seeding import register_step

        register_step("agencies", 30, adapters.seed)
