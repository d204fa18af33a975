from django.urls import path

from tenant_apps.planner import views

app_name = "planner"

urlpatterns = [
    path("remind-me/", views.remind, name="remind"),
    path("planner/reminders/<uuid:reminder_id>/done/", views.done, name="done"),
    path("planner/reminders/<uuid:reminder_id>/again/", views.again, name="again"),
]
