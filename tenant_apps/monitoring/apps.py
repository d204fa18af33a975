from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "tenant_apps.monitoring"
    verbose_name = "Monitoring"
