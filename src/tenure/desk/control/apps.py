"""Registration of the app."""

from django.apps import AppConfig


class ControlConfig(AppConfig):
    name = "tenure.desk.control"
    label = "control"
