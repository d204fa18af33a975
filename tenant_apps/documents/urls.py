from django.urls import path

from tenant_apps.documents import views

app_name = "documents"

urlpatterns = [
    path("documents/upload/", views.upload, name="upload"),
    path("documents/<uuid:document_id>/", views.open_, name="open"),
    path("documents/<uuid:document_id>/remove/", views.remove, name="remove"),
]
