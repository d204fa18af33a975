from tenant_apps.staff.views.alert_groups import alert_group, alert_groups, new_alert_group
from tenant_apps.staff.views.suggest import suggest
from tenant_apps.staff.views.user_groups import new_user_group, user_group, user_groups
from tenant_apps.staff.views.users import deactivate, deactivated, home, reactivate
from tenant_apps.staff.views.users_changes import change
from tenant_apps.staff.views.users_creating import add_non_mis_user, new_user
from tenant_apps.staff.views.users_pages import details, keys, permissions

__all__ = [
    "add_non_mis_user",
    "alert_group",
    "alert_groups",
    "change",
    "deactivate",
    "deactivated",
    "details",
    "home",
    "keys",
    "new_alert_group",
    "new_user",
    "new_user_group",
    "permissions",
    "reactivate",
    "suggest",
    "user_group",
    "user_groups",
]
