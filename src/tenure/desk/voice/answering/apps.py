"""The app of the page on which customers answer."""

from django.apps import AppConfig


class AnsweringConfig(AppConfig):
    """The page behind a survey's link; it has no tables of its own."""

    name = "tenure.desk.voice.answering"
    label = "voice_answering"
