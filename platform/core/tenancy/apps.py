from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "core.tenancy"

    def ready(self) -> None:
        from core.tenancy import checks  # noqa: F401 -- importing registers what they hold
