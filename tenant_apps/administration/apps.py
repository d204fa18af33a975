from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "tenant_apps.administration"
    verbose_name = "Administration"

    def ready(self) -> None:
        from core.db.references import Referrer, register_referrer
        from tenant_apps.staff.services.forgetting import forget_category

        # Rights in a category are no use of it: they go with it.
        register_referrer("category", Referrer(name="staff", forget=forget_category))
