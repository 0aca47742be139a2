"""The app of panels."""

from django.apps import AppConfig


class PanelsConfig(AppConfig):
    """Customers who test products, and what came of what they said."""

    name = "tenure.desk.voice.panels"
    label = "voice_panels"
