from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenant_apps.staff"
    verbose_name = "Staff"
    audit_words = {
        "alert_group.added": "Added an alert group",
        "alert_group.changed": "Changed an alert group",
        "alert_group.member_replaced": "Replaced a member of an alert group",
        "category.permissions_changed": "Changed the permissions of a category",
        "category.permissions_ended": "The permissions of a category ended",
        "second_person.asked": "Asked for a change that a second person confirms",
        "second_person.confirmed": "Confirmed a change as the second person",
        "second_person.reader_added": "A new reader of restricting categories was told of",
        "second_person.refused": "Refused a change as the second person",
        "second_person.taken_back": "Took back a change that waited for a second person",
        "staff.added": "Put a user into a user group",
        "staff.changed": "Changed the details of a user",
        "staff.cover_changed": "Changed who covers for a user",
        "staff.group_changed": "Moved a user to another user group",
        "staff.left": "Ended the account of a user",
        "staff.mis_recorded": "Took the list of staff from the MIS",
        "user_group.added": "Added a user group",
        "user_group.changed": "Changed a user group",
        "user_group.deleted": "Deleted a user group",
        "user_group.deletion_refused": "A user group could not be deleted",
        "user_group.deletion_requested": "The provider took a request to delete a user group",
        "user_group.widened": "Widened what a user group may read",
    }

    def ready(self) -> None:
        from core.web import frame
        from shared_apps.people.adapters.school import school_side
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
        frame.register("waiting_changes", adapters.waiting_in_frame)
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
