"""Addresses of the audit trail and of approvals."""

from django.urls import path

from tenure.desk.control import views
from tenure.desk.control.changes import views as changes

app_name = "control"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<uuid:change_id>/", changes.change, name="change"),
    path("changes/<uuid:change_id>/decide", changes.decide, name="decide"),
]
