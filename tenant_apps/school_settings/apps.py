from django.apps import AppConfig


class SchoolSettingsConfig(AppConfig):
    name = "tenant_apps.school_settings"
    verbose_name = "School settings"
    audit_words = {
        "closure.added": "Added a closure to the calendar",
        "closure.removed": "Removed a closure from the calendar",
        "settings.created": "The settings of the school were made",
        "settings.updated": "Changed the settings of the school",
    }

    def ready(self) -> None:
        from core.web import frame
        from shared_apps.people.adapters.school import school_side
        from tenant_apps.school_settings import adapters
        from tenant_apps.school_settings import handlers as _handlers  # noqa: F401 -- importing registers them
        from tenant_apps.school_settings.selectors import accepts_email
        from tenants.seeding import register_step

        register_step("settings", 10, adapters.seed)
        frame.register("security_message", adapters.security_message)
        school_side.register(
            reveals_unknown_email=adapters.reveals_unknown_email,
            idle_minutes=adapters.idle_limit,
            accepts_email=accepts_email,
        )
