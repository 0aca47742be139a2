"""Registration of the app."""

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "tenure.desk.findings"
    label = "findings"
