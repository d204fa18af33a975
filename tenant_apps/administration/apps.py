from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "tenant_apps.administration"
    verbose_name = "Administration"
