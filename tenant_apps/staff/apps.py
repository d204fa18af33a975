from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenant_apps.staff"
    verbose_name = "Staff"
