from django.urls import path

from tenant_apps.dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("", views.home, name="home"),
    path("morning/", views.morning, name="morning"),
    path("morning/pdf/", views.morning_pdf, name="morning-pdf"),
    path("categories/<uuid:category_id>/students/", views.monitored, name="monitored"),
]
