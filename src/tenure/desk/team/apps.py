"""Registration of the app."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "tenure.desk.team"
    label = "team"
