"""Registration of the app."""

from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "tenure.desk.publication"
    label = "publication"
