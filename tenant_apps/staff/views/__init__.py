from tenant_apps.staff.views.suggest import suggest

__all__ = ["suggest"]
