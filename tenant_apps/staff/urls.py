from django.urls import path

from tenant_apps.staff import views

app_name = "staff"

urlpatterns = [
    path("staff/suggest/", views.suggest, name="suggest"),
    path("admin/users/", views.home, name="users"),
    path("admin/users/new/", views.new_user, name="new-user"),
    path("admin/users/add-non-mis/", views.add_non_mis_user, name="add-non-mis-user"),
    path("admin/users/deactivated/", views.deactivated, name="deactivated"),
    path("admin/users/<uuid:user_id>/", views.details, name="user"),
    path("admin/users/<uuid:user_id>/permissions/", views.permissions, name="user-permissions"),
    path("admin/users/<uuid:user_id>/security-keys/", views.keys, name="user-keys"),
    path("admin/users/<uuid:user_id>/deactivate/", views.deactivate, name="deactivate"),
    path("admin/users/<uuid:user_id>/reactivate/", views.reactivate, name="reactivate"),
    path("changes/<uuid:change_id>/", views.change, name="change"),
]
