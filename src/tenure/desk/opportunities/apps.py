"""Registration of the app."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "tenure.desk.opportunities"
    label = "opportunities"
