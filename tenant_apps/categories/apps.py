from django.apps import AppConfig


class CategoriesConfig(AppConfig):
    name = "tenant_apps.categories"
    verbose_name = "Categories"
    audit_words = {
        "category.added": "Added categories",
        "category.changed": "Changed a category",
        "category.deleted": "Deleted a category",
        "category.disabled": "Disabled a category",
        "category.enabled": "Enabled a category",
        "category.merged": "Merged categories",
    }

    def ready(self) -> None:
        from tenant_apps.categories import adapters
        from tenants.seeding import register_step

        register_step("categories", 20, adapters.seed)
