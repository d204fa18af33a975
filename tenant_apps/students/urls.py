from django.urls import path

from tenant_apps.students import views

app_name = "students"

urlpatterns = [
    path("students/suggest/", views.suggest, name="suggest"),
    path("students/names/", views.names, name="names"),
]
