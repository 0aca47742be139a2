"""The app of messages to customers."""

from django.apps import AppConfig


class SendingConfig(AppConfig):
    """Messages to customers and how they are sent."""

    name = "tenure.desk.voice.sending"
    label = "voice_sending"
