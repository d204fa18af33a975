from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenant_apps.staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from shared_apps.people.adapters import school_side
        from tenant_apps.staff import adapters, selectors
        from tenants.seeding import register_step

        register_step("staff", 40, adapters.seed)
        school_side.register(
            safeguarding_extension=selectors.safeguarding_extension, administrators=selectors.administrators
        )
