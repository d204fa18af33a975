from django.urls import path

from tenant_apps.maps import views

app_name = "maps"

urlpatterns = [
    path("maps/<uuid:map_id>/picture/", views.picture, name="picture"),
]
