"""Registration of the app."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "tenure.desk.parties"
    label = "parties"
