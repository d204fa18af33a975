from django.urls import path

from tenant_apps.school_settings import views

app_name = "school_settings"

urlpatterns = [
    path("admin/settings/", views.settings, name="settings"),
    path("admin/calendar/", views.calendar, name="calendar"),
    path("admin/calendar/closures/", views.close, name="close"),
    path("admin/calendar/closures/<uuid:closure_id>/remove/", views.reopen, name="reopen"),
]
