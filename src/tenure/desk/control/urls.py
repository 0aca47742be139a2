"""Addresses of the audit trail."""

from django.urls import path

from tenure.desk.control import views

app_name = "control"
urlpatterns = [path("", views.trail, name="trail")]
