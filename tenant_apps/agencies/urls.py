from django.urls import path

from tenant_apps.agencies import views

app_name = "agencies"

urlpatterns = [
    path("admin/agencies/", views.agencies, name="home"),
    path("admin/agencies/new/", views.new_agency, name="new"),
    path("admin/agencies/<uuid:agency_id>/", views.agency, name="agency"),
    path("admin/agencies/<uuid:agency_id>/delete/", views.delete_agency, name="delete"),
    path("admin/agencies/<uuid:agency_id>/enable/", views.enable_agency, name="enable"),
]
