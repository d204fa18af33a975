from django.urls import path

from tenant_apps.training import views

app_name = "training"

urlpatterns = [
    path("admin/settings/training/", views.manage, name="manage"),
    path("admin/settings/training/begin/", views.begin, name="begin"),
]
