"""Registration of the app."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "tenure.desk.network"
    label = "network"
