from django.urls import path

from tenant_apps.documents import views

app_name = "documents"

urlpatterns = [
    path("logo/", views.logo, name="logo"),
    path("admin/settings/logo/", views.set_logo, name="set-logo"),
    path("admin/settings/logo/remove/", views.remove_logo, name="remove-logo"),
    path("documents/upload/", views.upload, name="upload"),
    path("documents/<uuid:document_id>/", views.open_, name="open"),
    path("documents/<uuid:document_id>/remove/", views.remove, name="remove"),
]
