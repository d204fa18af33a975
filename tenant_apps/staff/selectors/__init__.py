"""Reads of user groups, permissions, alert groups and colleagues.

Who works at a school and in which alert group is no secret among its staff; what each may read is, and
leaves this app only as sets of ids for the rules that need them.
"""

from tenant_apps.staff.selectors.groups import (
    AlertGroupView,
    alert_group_ids,
    alert_groups_for_incidents,
    default_alert_group,
    default_group_people,
    form_notices,
    members_of,
    safeguarding_extension,
    user_group_ids,
)
from tenant_apps.staff.selectors.people import (
    VIEWS_STUDENTS,
    Colleague,
    active_among,
    administrators,
    colleagues,
    group_name_of,
    key_holders_for_assignment,
    safety_net,
    suggest_staff,
    users_by_mis_id,
    users_gone_from_mis,
)
from tenant_apps.staff.selectors.permissions import (
    GroupPermissions,
    Standing,
    groups_viewing,
    known_permissions,
    permissions_of,
    standing_of,
    viewable_by,
)

__all__ = [
    "VIEWS_STUDENTS",
    "AlertGroupView",
    "Colleague",
    "GroupPermissions",
    "Standing",
    "active_among",
    "administrators",
    "alert_group_ids",
    "alert_groups_for_incidents",
    "colleagues",
    "default_alert_group",
    "default_group_people",
    "form_notices",
    "group_name_of",
    "groups_viewing",
    "key_holders_for_assignment",
    "known_permissions",
    "members_of",
    "permissions_of",
    "safeguarding_extension",
    "safety_net",
    "standing_of",
    "suggest_staff",
    "user_group_ids",
    "users_by_mis_id",
    "users_gone_from_mis",
    "viewable_by",
]
