from django.apps import AppConfig


class StudentsConfig(AppConfig):
    name = "tenant_apps.students"
    verbose_name = "Students"

    def ready(self) -> None:
        from tenant_apps.classes.adapters import register_origins
        from tenant_apps.students.selectors.origins import origins_of

        register_origins(origins_of)
