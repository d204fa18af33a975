from django.urls import path

from tenant_apps.classes import views

app_name = "classes"

urlpatterns = [
    path("admin/groups/", views.restrictions, name="restrictions"),
    path("admin/groups/restrict/<slug:kind>/", views.restrict, name="restrict"),
    path("admin/groups/proposals/", views.accept_proposals, name="accept-proposals"),
    path("admin/groups/<uuid:group_id>/", views.group, name="group"),
    path("admin/users/<uuid:user_id>/classes/", views.user_classes, name="user-classes"),
]
