from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "tenant_apps.incidents"
    verbose_name = "Incidents and actions"

    def ready(self) -> None:
        from core.access.owners import register_owner
        from tenant_apps.alerts.selectors import register_subject
        from tenant_apps.incidents import selectors, services

        register_owner(
            "draft",
            may_open=selectors.is_own_draft,
            label=selectors.draft_label,
            may_attach=services.claim_draft,
        )
        register_owner("incident", may_open=selectors.may_read_incident, label=selectors.incident_label)
        register_owner("action", may_open=selectors.may_read_action, label=selectors.action_label)
        register_subject("incident", selectors.describe_incidents)
        register_subject("action", selectors.describe_actions)
