"""Addresses of complaints."""

from django.urls import path

from tenure.desk.voice.complaints import views

app_name = "voice_complaints"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new", views.new, name="new"),
    path("groups", views.groups, name="groups"),
    path("return", views.returned, name="return"),
    path("return/export", views.export, name="export"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("arrival/<uuid:arrival_id>", views.decide, name="decide"),
    path("<uuid:complaint_id>/", views.complaint, name="complaint"),
    path("<uuid:complaint_id>/letter/<uuid:letter_id>", views.letter, name="letter"),
    path("<uuid:complaint_id>/<slug:form>", views.act, name="act"),
]
