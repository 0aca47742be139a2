"""Addresses of signals."""

from django.urls import path

from tenure.desk.signals import views

app_name = "signals"
urlpatterns = [
    path("", views.signals, name="signals"),
    path("feed", views.feed, name="feed"),
    path("count", views.count, name="count"),
    path("sound", views.sound, name="sound"),
    path("rules", views.rules, name="rules"),
    path("rules/try", views.try_rules, name="try-rules"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("add/<str:party_id>", views.add, name="add"),
    path("<uuid:signal_id>/", views.signal, name="signal"),
    path("<uuid:signal_id>/claim", views.claim, name="claim"),
    path("<uuid:signal_id>/give-back", views.give_back, name="give-back"),
    path("<uuid:signal_id>/close", views.close, name="close"),
    path("<uuid:signal_id>/reopen", views.reopen, name="reopen"),
]
