"""Registration of the app."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "tenure.desk.voice.surveys"
    label = "voice_surveys"
