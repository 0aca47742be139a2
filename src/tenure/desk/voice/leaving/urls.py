"""Addresses of lost customers: interviews, causes, winning back."""

from django.urls import path

from tenure.desk.voice.leaving import views

app_name = "voice_leaving"
urlpatterns = [
    path("", views.listing, name="list"),
    path("why", views.why, name="why"),
    path("back", views.back, name="back"),
    path("strip", views.strip, name="strip"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("back/<uuid:win_back_id>/note", views.note, name="note"),
    path("<uuid:interview_id>/", views.interview, name="interview"),
    path("<uuid:interview_id>/<slug:form>", views.act, name="act"),
]
