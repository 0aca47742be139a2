"""Registration of the app."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "tenure.desk.knowledge"
    label = "knowledge"
