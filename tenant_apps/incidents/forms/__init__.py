"""The shape of what is typed into the pages of incidents."""

from tenant_apps.incidents.forms.asking import Stands
from tenant_apps.incidents.forms.editing import EditForm, EditIncidentForm
from tenant_apps.incidents.forms.ids import UUIDList, readable_ids
from tenant_apps.incidents.forms.layout import (
    ADDING_ACTION,
    ADDING_INCIDENT,
    EDITING_ACTION,
    EDITING_INCIDENT,
    field_labels,
    sections_of,
)
from tenant_apps.incidents.forms.moving import MergeForm, MoveForm, NumberForm, SplitForm
from tenant_apps.incidents.forms.planning import AboutForm, PlannerForm, planner_form
from tenant_apps.incidents.forms.searching import SearchForm
from tenant_apps.incidents.forms.training import ENDED
from tenant_apps.incidents.forms.tray import AttachForm
from tenant_apps.incidents.forms.writing import (
    MOST_UNASKED,
    ActionForm,
    CopyForm,
    DeleteForm,
    EntryForm,
    FollowingForm,
    IncidentForm,
    WithdrawingForm,
)

__all__ = [
    "ADDING_ACTION",
    "ADDING_INCIDENT",
    "EDITING_ACTION",
    "EDITING_INCIDENT",
    "ENDED",
    "MOST_UNASKED",
    "AboutForm",
    "ActionForm",
    "AttachForm",
    "CopyForm",
    "DeleteForm",
    "EditForm",
    "EditIncidentForm",
    "EntryForm",
    "FollowingForm",
    "IncidentForm",
    "MergeForm",
    "MoveForm",
    "NumberForm",
    "PlannerForm",
    "SearchForm",
    "SplitForm",
    "Stands",
    "UUIDList",
    "WithdrawingForm",
    "field_labels",
    "planner_form",
    "readable_ids",
    "sections_of",
]
