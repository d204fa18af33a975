from django.urls import path

from tenant_apps.maps import views

app_name = "maps"

urlpatterns = [
    path("maps/<uuid:map_id>/picture/", views.picture, name="picture"),
    path("admin/maps/", views.maps, name="home"),
    path("admin/maps/new/", views.new_map, name="new"),
    path("admin/maps/<uuid:map_id>/disable/", views.disable, name="disable"),
    path("admin/maps/<uuid:map_id>/enable/", views.enable, name="enable"),
]
