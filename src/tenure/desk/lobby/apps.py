"""Registration of the app."""

from django.apps import AppConfig


class LobbyConfig(AppConfig):
    name = "tenure.desk.lobby"
    label = "lobby"
