from django.urls import path

from tenant_apps.staff import views

app_name = "staff"

urlpatterns = [
    path("staff/suggest/", views.suggest, name="suggest"),
]
