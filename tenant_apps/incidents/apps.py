from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "tenant_apps.incidents"
    verbose_name = "Incidents and actions"
    audit_words = {
        "action.added": "Added an action",
        "action.copied": "Copied an action to linked students",
        "action.deleted": "Deleted an action",
        "action.edited": "Edited an action",
        "action.kept_as_real": "Kept an action of training mode as real",
        "action.removed": "Removed a training action",
        "action.restored": "Restored an action",
        "action.returned": "A training action came back on request",
        "alert.read": "Marked an alert as read",
        "category.confirmed": "Confirmed a proposed category",
        "category.declined": "Declined a proposed category",
        "chronology.printed": "Made a PDF of a chronology",
        "chronology.viewed": "Opened a chronology",
        "draft.begun": "Began a draft",
        "draft.discarded": "Discarded a draft",
        "draft.handed_over": "A draft was handed over",
        "draft.waits": "Somebody was told that a draft waits",
        "history.viewed": "Read earlier versions",
        "incident.added": "Added an incident",
        "incident.attached": "Attached an incident of the tray to a student",
        "incident.deleted": "Deleted an incident",
        "incident.edited": "Edited an incident",
        "incident.kept": "Kept an incident in the tray without a student",
        "incident.merged": "Merged an incident into another",
        "incident.moved": "Moved an incident to another student",
        "incident.pinned": "Pinned an incident to the top of a chronology",
        "incident.reader_blocked": "Kept somebody from an incident",
        "incident.reader_unblocked": "Let somebody read an incident again",
        "incident.readers_changed": "Changed who may read an incident",
        "incident.reassigned": "Assigned incidents to somebody else",
        "incident.kept_as_real": "Kept an incident of training mode as real",
        "incident.removed": "Removed a training incident",
        "incident.restored": "Restored an incident",
        "incident.returned": "A training incident came back on request",
        "incident.searched": "Looked an incident up by its number",
        "incident.split": "Made an action an incident of its own",
        "incident.status_changed": "Changed status or assignee of an incident",
        "incident.unpinned": "Took an incident from the top of a chronology",
        "incident.viewed": "Read an incident",
        "maps.combined": "Looked at combined maps",
        "own_words.viewed": "Read their own words again",
        "incidents.refiled": "Incidents came under another category",
    }

    def ready(self) -> None:
        from core.access.owners import register_owner
        from core.audit.reading import register_reader
        from core.db.references import Referrer, register_referrer
        from tenant_apps.alerts.selectors import (
            register_blocked_roots,
            register_deleted_records,
            register_subject,
        )
        from tenant_apps.alerts.selectors.leavers import count_open_alerts
        from tenant_apps.incidents import handlers, permissions, selectors, services
        from tenant_apps.incidents.selectors.audited import audited_actions, audited_incidents
        from tenant_apps.incidents.selectors.tracing import (
            actions_in_planner,
            actions_of_the_dead,
            incidents_in_planner,
            incidents_of_the_dead,
        )
        from tenant_apps.incidents.services import leaving as own_leaving
        from tenant_apps.planner.selectors import register_about
        from tenant_apps.staff.services import leaving

        assert handlers.TOPICS
        register_owner(
            "draft",
            may_open=selectors.is_own_draft,
            label=selectors.draft_label,
            may_attach=services.claim_draft,
        )
        register_owner(
            "incident",
            may_open=selectors.may_read_incident,
            label=selectors.incident_label,
            may_open_taken_off=selectors.may_read_former_incident,
            shows_file=selectors.shows_incident_file,
        )
        register_owner(
            "action",
            may_open=selectors.may_read_action,
            label=selectors.action_label,
            may_open_taken_off=selectors.may_read_former_action,
            shows_file=selectors.shows_action_file,
        )
        register_subject("incident", selectors.describe_incidents)
        register_subject("action", selectors.describe_actions)
        register_about("incident", incidents_in_planner, incidents_of_the_dead)
        register_about("action", actions_in_planner, actions_of_the_dead)
        register_reader("incident", audited_incidents)
        register_reader("action", audited_actions)
        register_referrer(
            "category",
            Referrer(
                name="incidents",
                used_among=selectors.used_categories,
                was_named=selectors.was_category_named,
                refile=services.refile,
            ),
        )
        register_referrer(
            "agency",
            Referrer(
                name="incidents", used_among=selectors.used_agencies, was_named=selectors.was_agency_named
            ),
        )
        leaving.register(
            "assignments",
            one="open incident assigned to them",
            many="open incidents assigned to them",
            count=own_leaving.count_assigned,
            hand_over=own_leaving.hand_over_assigned,
        )
        leaving.register(
            "alerts",
            one="alert not read yet",
            many="alerts not read yet",
            count=count_open_alerts,
            hand_over=own_leaving.hand_over_alerts,
        )
        leaving.register(
            "drafts",
            one="draft not added yet (it goes to a key user who may see its categories)",
            many="drafts not added yet (they go to a key user who may see their categories)",
            count=own_leaving.count_drafts,
            hand_over=own_leaving.hand_over_drafts,
            needs_somebody=False,
        )
        register_blocked_roots(permissions.is_root_blocked)
        register_deleted_records(permissions.is_record_deleted)
