"""Registration of the app."""

from django.apps import AppConfig


class CausesConfig(AppConfig):
    name = "tenure.desk.voice.causes"
    label = "voice_causes"
