"""Addresses of the audit trail, of approvals and of background jobs."""

from django.urls import path

from tenure.desk.control import views
from tenure.desk.control.changes import views as changes
from tenure.desk.control.jobs import views as jobs

app_name = "control"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<uuid:change_id>/", changes.change, name="change"),
    path("changes/<uuid:change_id>/decide", changes.decide, name="decide"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/again", jobs.again, name="job-again"),
]
