from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "tenant_apps.alerts"
    verbose_name = "Alerts"
    audit_words = {
        "alert.mail_failed": "An alert could not be mailed",
        "alert.mailed": "An alert was mailed",
        "alert.opened": "Opened what an alert told of",
        "alert.raised": "Alerted staff",
        "alert.removed": "Cleared alerts from a dashboard",
        "alert.withdrawn": "Withdrew an alert",
        "assignment.notified": "Told somebody of an assignment",
        "automatic_alert.ended": "Ended an automatic alert",
        "automatic_alert.set": "Set an automatic alert",
    }

    def ready(self) -> None:
        from core.audit.reading import register_reader
        from core.web import frame
        from tenant_apps.alerts import handlers, selectors
        from tenant_apps.alerts.selectors.audited import audited_alerts

        assert handlers.TOPICS
        frame.register("unread_alerts", selectors.unread_in_frame)
        register_reader("alert", audited_alerts)
