from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "tenant_apps.administration"
    verbose_name = "Administration"
    audit_words = {
        "audit.exported": "Exported the audits of a user",
        "audit.viewed": "Looked at the audits of a user",
        "category.readers_changed": "Changed who may read a category",
        "security_log.viewed": "Looked at the security log of a user",
    }

    def ready(self) -> None:
        from core.db.references import Referrer, register_referrer
        from tenant_apps.administration import handlers
        from tenant_apps.staff.services.forgetting import forget_category

        # Rights in a category are no use of it: they go with it.
        register_referrer("category", Referrer(name="staff", forget=forget_category))
        assert handlers.OPENED_MAIL
