from tenant_apps.staff.views.suggest import suggest
from tenant_apps.staff.views.users import deactivate, deactivated, home, reactivate
from tenant_apps.staff.views.users_changes import change
from tenant_apps.staff.views.users_creating import add_non_mis_user, new_user
from tenant_apps.staff.views.users_pages import details, keys, permissions

__all__ = [
    "add_non_mis_user",
    "change",
    "deactivate",
    "deactivated",
    "details",
    "home",
    "keys",
    "new_user",
    "permissions",
    "reactivate",
    "suggest",
]
