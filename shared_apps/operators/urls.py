from django.urls import path

from shared_apps.operators import views

app_name = "operators"

urlpatterns = [
    path("", views.schools, name="schools"),
    path("requests/", views.requests, name="requests"),
    path("requests/<uuid:request_id>/", views.request_, name="request"),
    path("login/", views.sign_in, name="sign-in"),
    path("logout/", views.sign_out, name="sign-out"),
]
