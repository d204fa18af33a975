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
        "automatic_alert.refiled": "Automatic alerts came under another category",
        "automatic_alert.set": "Set an automatic alert",
    }

    def ready(self) -> None:
        from core.audit.reading import register_reader
        from core.db.references import Referrer, register_referrer
        from core.web import frame
        from tenant_apps.alerts import handlers, selectors, services
        from tenant_apps.alerts.selectors.audited import audited_alerts

        assert handlers.TOPICS
        frame.register("unread_alerts", selectors.unread_in_frame)
        register_reader("alert", audited_alerts)
        register_referrer(
            "category",
            Referrer(name="alerts", used_among=selectors.used_categories, refile=services.refile_rules),
        )
