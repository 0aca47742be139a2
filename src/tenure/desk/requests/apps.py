"""Registration of the app."""

from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "tenure.desk.requests"
    label = "requests"
