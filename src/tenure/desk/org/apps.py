"""Registration of the app."""

from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "tenure.desk.org"
    label = "org"
