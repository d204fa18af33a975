"""Where the forms meet provisioning: what a new school's own fields are on the first day."""

from core.access import SYSTEM
from tenant_apps.categories.selectors import all_categories
from tenant_apps.categories.services import CAUSE_FOR_CONCERN
from tenant_apps.form_builder.enums import Form, Kind
from tenant_apps.form_builder.selectors import working_form
from tenant_apps.form_builder.services import publish, save_field, set_order
from tenants.models import School
from tenants.setup_sheet import SetupSheet


def seed(school: School, sheet: SetupSheet) -> None:
    """The standing edition of every form, on the incident form with the first fields of the school's own:
    offered, not enforced. Two are limited to Cause for Concern and every Restricting category.
    """
    serious = {
        category.id
        for category in all_categories()
        if category.is_restricting or category.name.casefold() == CAUSE_FOR_CONCERN
    }
    told = save_field(
        form=Form.INCIDENT,
        name="Have you told the safeguarding team in person or by phone?",
        kind=Kind.DROPDOWN,
        options=["Yes", "Not yet, I am about to", "Not needed today"],
        category_ids=serious,
        by=SYSTEM,
    )
    whom = save_field(
        form=Form.INCIDENT,
        name="Told whom, and when",
        kind=Kind.TEXT,
        category_ids=serious,
        by=SYSTEM,
    )
    reported_by = save_field(
        form=Form.INCIDENT,
        name="Reported by, if not you",
        kind=Kind.TEXT,
        advice="For what supply staff, volunteers, visitors or parents told you.",
        by=SYSTEM,
    )
    places = {"categories": [told, whom], "happened_at": [reported_by]}
    order: list[str] = []
    for item in working_form(Form.INCIDENT).items:
        if not item.is_custom:
            order += [item.key, *map(str, places.get(item.key, ()))]
    set_order(form=Form.INCIDENT, keys=order, by=SYSTEM)
    for form in Form:
        publish(form=form, by=SYSTEM)
