from django.urls import path

from tenant_apps.profile import views

app_name = "profile"

urlpatterns = [
    path("students/search/", views.search, name="search"),
    path("students/register/<uuid:group_id>/", views.register, name="register"),
    path(
        "students/register/<uuid:group_id>/update-categories/", views.update_register, name="update-register"
    ),
    path(
        "students/monitored/<uuid:category_id>/update-categories/",
        views.update_monitored,
        name="update-monitored",
    ),
    path("students/<uuid:student_id>/edit/", views.edit, name="edit"),
    path("students/<uuid:student_id>/monitoring-history/", views.monitoring, name="monitoring"),
    path("students/<uuid:student_id>/blocked/", views.blocked, name="blocked"),
    path("students/<uuid:student_id>/", views.overview, name="overview"),
]
