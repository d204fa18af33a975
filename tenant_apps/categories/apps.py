from django.apps import AppConfig


class CategoriesConfig(AppConfig):
    name = "tenant_apps.categories"
    verbose_name = "Categories"
