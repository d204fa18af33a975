from django.apps import AppConfig


class FormBuilderConfig(AppConfig):
    name = "tenant_apps.form_builder"
    verbose_name = "Form Builder"
    audit_words = {
        "form.advice_changed": "Changed an advice message of a form",
        "form.changes_dropped": "Took back changes of a form",
        "form.field_added": "Added a custom field",
        "form.field_changed": "Changed a custom field",
        "form.field_deleted": "Deleted a custom field",
        "form.limits_changed": "Fields of a form came under other categories",
        "form.published": "Updated a custom form",
        "form.reordered": "Put the fields of a form in order",
    }

    def ready(self) -> None:
        from core.db.references import Referrer, register_referrer
        from tenant_apps.form_builder import adapters, selectors, services
        from tenants.seeding import register_step

        register_step("forms", 50, adapters.seed)
        register_referrer(
            "category",
            Referrer(
                name="forms",
                used_among=selectors.only_limits,
                forget=services.forget_limit,
                refile=services.refile_limits,
            ),
        )
