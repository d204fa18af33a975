from django.urls import path

from tenant_apps.imports import views

app_name = "imports"

urlpatterns = [
    path("admin/imports/", views.home, name="home"),
    path("admin/imports/upload/", views.upload, name="upload"),
    path("admin/imports/<uuid:import_id>/", views.detail, name="detail"),
    path("admin/imports/<uuid:import_id>/progress/", views.progress, name="progress"),
]
