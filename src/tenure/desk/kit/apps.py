"""Registration of the app."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "tenure.desk.kit"
    label = "kit"
