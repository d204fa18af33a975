from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "tenant_apps.documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from core.web import frame
        from tenant_apps.documents import checks, handlers  # noqa: F401 -- importing them registers what they hold
        from tenant_apps.documents.selectors import logo_url

        frame.register("logo_url", logo_url)
