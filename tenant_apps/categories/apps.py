from django.apps import AppConfig


class CategoriesConfig(AppConfig):
    name = "tenant_apps.categories"
    verbose_name = "Categories"

    def ready(self) -> None:
        from tenant_apps.categories import adapters
        from tenants.seeding import register_step

        register_step("categories", 20, adapters.seed)
