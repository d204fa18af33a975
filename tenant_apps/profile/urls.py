from django.urls import path

from tenant_apps.profile import views

app_name = "profile"

urlpatterns = [
    path("students/search/", views.search, name="search"),
    path("students/register/<uuid:group_id>/", views.register, name="register"),
    path("students/<uuid:student_id>/blocked/", views.blocked, name="blocked"),
    path("students/<uuid:student_id>/", views.overview, name="overview"),
]
