from django.apps import AppConfig


class PlannerConfig(AppConfig):
    name = "tenant_apps.planner"
    verbose_name = "Planner"
    audit_words = {
        "reminder.done": "Finished a reminder",
        "reminder.mailed": "A reminder was mailed",
        "reminder.put_off": "Put a reminder off",
        "reminder.set": "Set a reminder",
    }

    def ready(self) -> None:
        from core.web import frame
        from tenant_apps.planner import adapters, handlers

        assert handlers.TOPIC
        frame.register("remind_url", adapters.remind_url)
