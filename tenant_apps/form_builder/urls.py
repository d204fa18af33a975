from django.urls import path

from tenant_apps.form_builder import views

app_name = "forms"

urlpatterns = [
    path("admin/form-builder/", views.home, name="home"),
    path("admin/form-builder/fields/<uuid:field_id>/", views.field, name="field"),
    path("admin/form-builder/fields/<uuid:field_id>/delete/", views.delete_field, name="delete-field"),
    path("admin/form-builder/<slug:form>/", views.edit_form, name="form"),
    path("admin/form-builder/<slug:form>/order/", views.order, name="order"),
    path("admin/form-builder/<slug:form>/publish/", views.publish, name="publish"),
    path("admin/form-builder/<slug:form>/drop/", views.drop, name="drop"),
    path("admin/form-builder/<slug:form>/new/", views.new_field, name="new-field"),
    path("admin/form-builder/<slug:form>/advice/<slug:key>/", views.advice, name="advice"),
]
