"""Registration of the app."""

from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "tenure.desk.voice.leaving"
    label = "voice_leaving"
