"""Login, keys and account."""

from django.urls import path

from shared_apps.people import views

app_name = "people"

urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("key/", views.key_prompt, name="key-prompt"),
    path("elevate/", views.elevate, name="elevate"),
    path("reset/", views.reset, name="reset"),
    path("reset/sent/", views.reset_sent, name="reset-sent"),
    path("reset/<str:token>/", views.set_password, name="set-password"),
    path("reset/<str:token>/strength/", views.password_strength, name="password-strength"),
    path("account/", views.account, name="account"),
    path("account/theme/", views.theme, name="theme"),
    path("account/security-keys/", views.security_keys, name="security-keys"),
    path("account/security-keys/add/", views.add_device, name="add-device"),
    path("account/security-keys/save/", views.save_device, name="save-device"),
    path("account/security-keys/recovery-codes/", views.recovery_codes, name="recovery-codes"),
]
