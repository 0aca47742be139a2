"""Registration of the app."""

from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "tenure.desk.voice.complaints"
    label = "voice_complaints"
