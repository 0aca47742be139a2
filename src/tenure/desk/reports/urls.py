"""Addresses of branches' figures, the nights and the dictionary."""

from django.urls import path

from tenure.desk.reports import views

app_name = "reports"
urlpatterns = [
    path("branch/", views.branch, name="branch"),
    path("data/", views.data, name="data"),
    path("dictionary/", views.dictionary, name="dictionary"),
]
