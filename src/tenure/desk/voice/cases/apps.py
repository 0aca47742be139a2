"""Registration of the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "tenure.desk.voice.cases"
    label = "voice_cases"
