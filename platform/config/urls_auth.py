"""The addresses of the auth host."""

from django.urls import path

from core.web import views

urlpatterns = [
    path("", views.neutral, name="auth-home"),
]

handler400 = "core.web.errors.bad_request"
handler403 = "core.web.errors.permission_denied"
handler404 = "core.web.errors.page_not_found"
handler500 = "core.web.errors.server_error"
