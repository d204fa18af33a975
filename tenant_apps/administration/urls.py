from django.urls import path

from tenant_apps.administration import views

app_name = "administration"

urlpatterns = [
    path("admin/", views.overview, name="overview"),
]
