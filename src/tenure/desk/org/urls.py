"""Addresses of signing in and one's account."""

from django.urls import path

from tenure.desk.org import views
from tenure.desk.org.door import views as door

app_name = "org"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-in/code", door.sign_in_code, name="sign-in-code"),
    path("sign-in/bank", door.oidc_begin, name="oidc-begin"),
    path("sign-in/bank/back", door.oidc_back, name="oidc-back"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("language", views.language, name="language"),
    path("password", views.password, name="password"),
    path("", views.account, name="account"),
    path("second-factor", door.second_factor, name="second-factor"),
    path("second-factor/begin", door.begin_second_factor, name="begin-second-factor"),
    path("second-factor/confirm", door.confirm_second_factor, name="confirm-second-factor"),
    path("second-factor/recovery-codes", door.renew_recovery_codes, name="renew-recovery-codes"),
    path("second-factor/remove", door.remove_second_factor, name="remove-second-factor"),
    path("session", door.session, name="session"),
    path("sessions/end", door.end_sessions, name="end-sessions"),
    path("tokens", views.create_token, name="create-token"),
    path("tokens/<int:number>/revoke", views.revoke_token, name="revoke-token"),
]
