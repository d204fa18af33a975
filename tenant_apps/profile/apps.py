from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "tenant_apps.profile"
    verbose_name = "Student profile"
    audit_words = {
        "audit_report.exported": "Exported the audit report of a student",
        "audit_report.viewed": "Opened the audit report of a student",
    }

    def ready(self) -> None:
        from tenant_apps.profile import handlers  # noqa: F401 -- importing it registers what it holds
