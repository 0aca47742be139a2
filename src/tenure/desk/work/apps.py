"""Registration of the app."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "tenure.desk.work"
    label = "work"
