"""Registration of the app."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "tenure.desk.offers"
    label = "offers"
