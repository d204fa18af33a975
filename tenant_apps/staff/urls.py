from django.urls import path

from tenant_apps.staff import views

app_name = "staff"

urlpatterns = [
    path("staff/suggest/", views.suggest, name="suggest"),
    path("admin/users/", views.home, name="users"),
    path("admin/users/new/", views.new_user, name="new-user"),
    path("admin/users/add-non-mis/", views.add_non_mis_user, name="add-non-mis-user"),
    path("admin/users/deactivated/", views.deactivated, name="deactivated"),
    path("admin/users/groups/", views.user_groups, name="user-groups"),
    path("admin/users/groups/new/", views.new_user_group, name="new-user-group"),
    path("admin/users/groups/<uuid:user_group_id>/", views.user_group, name="user-group"),
    path("admin/users/alert-groups/", views.alert_groups, name="alert-groups"),
    path("admin/users/alert-groups/new/", views.new_alert_group, name="new-alert-group"),
    path("admin/users/alert-groups/<uuid:alert_group_id>/", views.alert_group, name="alert-group"),
    path("admin/users/<uuid:user_id>/", views.details, name="user"),
    path("admin/users/<uuid:user_id>/permissions/", views.permissions, name="user-permissions"),
    path("admin/users/<uuid:user_id>/security-keys/", views.keys, name="user-keys"),
    path("admin/users/<uuid:user_id>/deactivate/", views.deactivate, name="deactivate"),
    path("admin/users/<uuid:user_id>/reactivate/", views.reactivate, name="reactivate"),
    path("changes/<uuid:change_id>/", views.change, name="change"),
]
