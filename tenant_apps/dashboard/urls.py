from django.urls import path

from tenant_apps.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.home, name="home"),
    path("categories/<uuid:category_id>/students/", views.monitored, name="monitored"),
]
