from django.urls import path

from tenant_apps.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.home, name="home"),
    path("dashboard/monitored/", views.monitored, name="monitored"),
    path("dashboard/monitored/<uuid:category_id>/", views.monitored, name="monitored-category"),
]
