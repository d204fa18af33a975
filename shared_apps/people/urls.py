"""Login, keys and account."""

from django.urls import path

from shared_apps.people.views import account, lock, security_keys, signing_in

app_name = "people"

urlpatterns = [
    path("login/", signing_in.login, name="login"),
    path("logout/", signing_in.logout, name="logout"),
    path("key/", signing_in.key_prompt, name="key-prompt"),
    path("elevate/", signing_in.elevate, name="elevate"),
    path("unlock/", lock.unlock, name="unlock"),
    path("blank/", lock.blank, name="blank"),
    path("here/", lock.here, name="here"),
    path("reset/", signing_in.reset, name="reset"),
    path("reset/sent/", signing_in.reset_sent, name="reset-sent"),
    path("reset/<str:token>/", signing_in.set_password, name="set-password"),
    path("reset/<str:token>/strength/", signing_in.password_strength, name="password-strength"),
    path("account/", account.account, name="account"),
    path("account/theme/", account.theme, name="theme"),
    path("account/security-keys/", security_keys.security_keys, name="security-keys"),
    path("account/security-keys/add/", security_keys.add_device, name="add-device"),
    path("account/security-keys/save/", security_keys.save_device, name="save-device"),
    path("account/security-keys/recovery-codes/", security_keys.recovery_codes, name="recovery-codes"),
]
