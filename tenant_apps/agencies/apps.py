from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    name = "tenant_apps.agencies"
    verbose_name = "Agencies"
