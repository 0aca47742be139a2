"""Registration of the app."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "tenure.desk.reports"
    label = "reports"
