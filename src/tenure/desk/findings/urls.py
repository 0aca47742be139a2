"""Addresses of insight."""

from django.urls import path

from tenure.desk.findings import views

app_name = "findings"
urlpatterns = [
    path("", views.topics, name="topics"),
    path("customer/<str:party_id>/", views.of_customer, name="of-customer"),
    path("<slug:topic>/", views.topic, name="topic"),
]
