from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "tenant_apps.profile"
    verbose_name = "Student profile"
