from django.apps import AppConfig


class ClassesConfig(AppConfig):
    name = "tenant_apps.classes"
    verbose_name = "Classes"

    def ready(self) -> None:
        from tenant_apps.classes import handlers  # noqa: F401 -- importing the handlers registers them
