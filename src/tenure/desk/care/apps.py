"""Registration of the app."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "tenure.desk.care"
    label = "care"
