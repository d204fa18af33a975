from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "tenant_apps.dashboard"
    verbose_name = "Dashboards"
    audit_words = {
        "morning_sheet.printed": "Made a PDF of the morning sheet",
        "morning_sheet.viewed": "Read the morning sheet",
    }
