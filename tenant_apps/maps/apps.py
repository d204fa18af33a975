from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "tenant_apps.maps"
    verbose_name = "Maps"
    audit_words = {
        "map.added": "Added a map",
        "map.disabled": "Disabled a map",
        "map.enabled": "Enabled a map",
    }

    def ready(self) -> None:
        from tenant_apps.maps.adapters import seeding
        from tenants.seeding import register_step

        register_step("maps", 35, seeding.seed)
