from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    name = "tenant_apps.monitoring"
    verbose_name = "Monitoring"
    audit_words = {
        "monitoring.ended": "Ended monitoring",
        "monitoring.refiled": "Monitoring came under another category",
        "monitoring.removed": "Monitoring went with training entries",
        "monitoring.returned": "Monitoring came back with training entries",
        "monitoring.started": "Started monitoring",
        "monitoring.undone": "Ended monitoring that an incident of another student had begun",
    }

    def ready(self) -> None:
        from core.db.references import Referrer, register_referrer
        from tenant_apps.monitoring import selectors, services

        register_referrer(
            "category",
            Referrer(name="monitoring", used_among=selectors.used_categories, refile=services.refile),
        )
