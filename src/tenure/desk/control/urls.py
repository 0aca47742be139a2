"""Addresses of the audit trail, of approvals, background jobs and workbooks."""

from django.urls import path

from tenure.desk.control import views
from tenure.desk.control.changes import views as changes
from tenure.desk.control.jobs import views as jobs
from tenure.desk.control.sheets import views as sheets

app_name = "control"
urlpatterns = [
    path("", views.trail, name="trail"),
    path("changes/", changes.changes, name="changes"),
    path("changes/<uuid:change_id>/", changes.change, name="change"),
    path("changes/<uuid:change_id>/decide", changes.decide, name="decide"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:job_id>/again", jobs.again, name="job-again"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/out", sheets.take_out, name="sheet-out"),
    path("sheets/back", sheets.bring_back, name="sheet-back"),
    path("sheets/<uuid:sheet_id>/", sheets.sheet, name="sheet"),
    path("sheets/<uuid:sheet_id>/file", sheets.file, name="sheet-file"),
    path("sheets/<uuid:sheet_id>/results", sheets.results, name="sheet-results"),
    path("sheets/<uuid:sheet_id>/act", sheets.act, name="sheet-act"),
]
