from django.apps import AppConfig


class SchoolSettingsConfig(AppConfig):
    name = "tenant_apps.school_settings"
    verbose_name = "School settings"
