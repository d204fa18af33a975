from django.urls import path

from tenant_apps.alerts import views

app_name = "alerts"

urlpatterns = [
    path("admin/users/<uuid:user_id>/alerts/", views.user_alerts, name="user-alerts"),
    path("admin/users/<uuid:user_id>/alerts/remove/", views.remove_alerts, name="remove-alerts"),
    path("students/<uuid:student_id>/alert-staff/", views.student_alerts, name="student-alerts"),
]
