"""Addresses of cases."""

from django.urls import path

from tenure.desk.voice.cases import views

app_name = "voice_cases"
urlpatterns = [
    path("", views.listing, name="list"),
    path("strip", views.strip, name="strip"),
    path("week", views.week, name="week"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/new", views.new, name="new"),
    path("<uuid:case_id>/", views.case, name="case"),
    path("<uuid:case_id>/<slug:form>", views.act, name="act"),
]
