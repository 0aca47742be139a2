"""The app of the page on which customers answer."""

from django.apps import AppConfig


class AnsweringConfig(AppConfig):
    """The page behind a survey's link; of its own it keeps how often addresses guessed."""

    name = "tenure.desk.voice.answering"
    label = "voice_answering"
