"""Writes of user groups, members of staff and alert groups, by topic."""

from tenant_apps.staff.services.alert_groups import (
    LARGEST_ON_INCIDENTS,
    save_alert_group,
)
from tenant_apps.staff.services.default_permissions import DEFAULT_GROUPS, Rights, default_rights
from tenant_apps.staff.services.members import MISPerson, add_member, move_to_group, record_mis_staff
from tenant_apps.staff.services.provisioning import NewPerson, create_default_groups, seed_staff
from tenant_apps.staff.services.user_groups import (
    Gain,
    GainsToConfirmError,
    SavedUserGroup,
    delete_user_group,
    save_user_group,
    set_rights_of_category,
)

__all__ = [
    "DEFAULT_GROUPS",
    "LARGEST_ON_INCIDENTS",
    "Gain",
    "GainsToConfirmError",
    "MISPerson",
    "NewPerson",
    "Rights",
    "SavedUserGroup",
    "add_member",
    "create_default_groups",
    "default_rights",
    "delete_user_group",
    "move_to_group",
    "record_mis_staff",
    "save_alert_group",
    "save_user_group",
    "seed_staff",
    "set_rights_of_category",
]
