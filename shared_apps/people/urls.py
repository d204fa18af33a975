"""Login, keys and account."""

from django.urls import path

from shared_apps.people.views import account, lock, security_keys, signing_in

app_name = "people"

urlpatterns = [
    path("login/", signing_in.login, name="login"),
    path("logout/", signing_in.logout, name="logout"),
    path("key/", signing_in.key_prompt, name="key-prompt"),
    path("key/question/", signing_in.key_question, name="key-question"),
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
    path("account/confirm/", account.confirm, name="confirm"),
    path("account/password/", account.change_password, name="change-password"),
    path("account/password/strength/", account.own_password_strength, name="own-password-strength"),
    path("account/email/", account.change_email, name="change-email"),
    path("account/sessions/", account.sessions, name="sessions"),
    path("account/sessions/end-others/", account.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<uuid:session_id>/end/", account.end_session, name="end-session"),
    path("account/security-keys/", security_keys.security_keys, name="security-keys"),
    path("account/security-keys/add/", security_keys.add_device, name="add-device"),
    path("account/security-keys/save/", security_keys.save_device, name="save-device"),
    path("account/security-keys/recovery-codes/", security_keys.recovery_codes, name="recovery-codes"),
    path("account/security-keys/u2f/question/", security_keys.u2f_question, name="u2f-question"),
    path("account/security-keys/u2f/register/", security_keys.register_u2f, name="register-u2f"),
    path("account/security-keys/<slug:kind>/<int:key_id>/", security_keys.own_key, name="own-key"),
    path(
        "account/security-keys/<slug:kind>/<int:key_id>/rename/", security_keys.rename_key, name="rename-key"
    ),
    path(
        "account/security-keys/<slug:kind>/<int:key_id>/remove/", security_keys.remove_key, name="remove-key"
    ),
]
