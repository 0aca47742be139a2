"""Addresses of panels."""

from django.urls import path

from tenure.desk.voice.panels import views

app_name = "voice_panels"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new", views.new, name="new"),
    path("<uuid:panel_id>/", views.panel, name="panel"),
    path("<uuid:panel_id>/edit", views.edit, name="edit"),
    path("<uuid:panel_id>/do/<slug:form>", views.act, name="act"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("member/<uuid:member_id>/<slug:form>", views.member_act, name="member-act"),
    path("session/<uuid:session_id>/cancel", views.cancel_session, name="cancel-session"),
    path("session/<uuid:session_id>/<uuid:member_id>/<slug:form>", views.session_act, name="session-act"),
]
