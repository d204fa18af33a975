from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "shared_apps.helpdesk"
    verbose_name = "Helpdesk"
    audit_words = {
        "support_request.done": "A request to the helpdesk was answered",
        "support_request.forgotten": "An old request to the helpdesk was removed",
        "support_request.handed_over": "A request reached the helpdesk",
        "support_request.sent": "Wrote to the helpdesk",
    }

    def ready(self) -> None:
        from shared_apps.helpdesk import handlers  # noqa: F401 -- importing registers what they hold
