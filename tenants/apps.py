from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    audit_words = {
        "school.provisioned": "The school was set up",
    }

    def ready(self) -> None:
        from tenants import checks, handlers  # noqa: F401 -- importing registers what they hold
