from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "tenant_apps.alerts"
    verbose_name = "Alerts"

    def ready(self) -> None:
        from core.web import frame
        from tenant_apps.alerts import handlers, selectors

        assert handlers.TOPICS
        frame.register("unread_alerts", selectors.unread_in_frame)
