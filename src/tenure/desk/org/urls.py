"""Addresses of signing in and one's account."""

from django.urls import path

from tenure.desk.org import views

app_name = "org"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("language", views.language, name="language"),
    path("password", views.password, name="password"),
    path("", views.account, name="account"),
    path("tokens", views.create_token, name="create-token"),
    path("tokens/<int:number>/revoke", views.revoke_token, name="revoke-token"),
]
