from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenant_apps.staff"
    verbose_name = "Staff"

    def ready(self) -> None:
        from shared_apps.people.adapters import school_side
        from tenant_apps.staff import adapters, handlers, selectors
        from tenant_apps.staff.services import leaving
        from tenants.seeding import register_step

        register_step("staff", 40, adapters.seed)
        school_side.register(
            safeguarding_extension=selectors.safeguarding_extension,
            administrators=selectors.administrators,
            has_ended=adapters.has_ended,
        )
        assert handlers.URLS
        leaving.register(
            "alert_group_places",
            one="place in an alert group",
            many="places in alert groups",
            count=leaving.count_places,
            hand_over=leaving.hand_over_places,
            needs_somebody=False,
        )
        leaving.register(
            "cover",
            one="colleague whose absence they cover",
            many="colleagues whose absence they cover",
            count=leaving.count_covered,
            hand_over=leaving.hand_over_covered,
        )
