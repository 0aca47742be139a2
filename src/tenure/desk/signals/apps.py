"""Registration of the app."""

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "tenure.desk.signals"
    label = "signals"
