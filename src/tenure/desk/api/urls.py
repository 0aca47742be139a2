"""Addresses of the API, below ``/api/``."""

from django.urls import path

from tenure.desk.api.v1 import api

urlpatterns = [path("v1/", api.urls)]
