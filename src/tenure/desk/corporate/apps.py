"""Registration of the app."""

from django.apps import AppConfig


class CorporateConfig(AppConfig):
    name = "tenure.desk.corporate"
    label = "corporate"
