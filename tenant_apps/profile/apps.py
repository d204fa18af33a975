from django.apps import AppConfig


class ProfileConfig(AppConfig):
    name = "tenant_apps.profile"
    verbose_name = "Student profile"

    def ready(self) -> None:
        from tenant_apps.profile import handlers  # noqa: F401 -- importing it registers what it holds
