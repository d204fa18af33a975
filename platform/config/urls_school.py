"""The addresses of a school's host."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.web.urls")),
    path("", include("tenant_apps.documents.urls")),
    path("", include("tenant_apps.maps.urls")),
    path("", include("tenant_apps.alerts.urls")),
    path("", include("shared_apps.people.urls")),
    path("", include("shared_apps.helpdesk.urls")),
    path("", include("tenant_apps.dashboard.urls")),
    path("", include("tenant_apps.staff.urls")),
    path("", include("tenant_apps.planner.urls")),
    path("", include("tenant_apps.incidents.urls")),
    path("", include("tenant_apps.classes.urls")),
    path("", include("tenant_apps.students.urls")),
    path("", include("tenant_apps.profile.urls")),
    path("", include("tenant_apps.imports.urls")),
    path("", include("tenant_apps.training.urls")),
    path("", include("tenant_apps.administration.urls")),
    path("", include("tenant_apps.agencies.urls")),
    path("", include("tenant_apps.form_builder.urls")),
    path("", include("tenant_apps.school_settings.urls")),
]

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.permission_denied"
handler404 = "core.web.errors.page_not_found"
handler500 = "core.web.errors.server_error"
