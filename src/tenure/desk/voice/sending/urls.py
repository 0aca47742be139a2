"""Addresses of the outbox."""

from django.urls import path

from tenure.desk.voice.sending import views

app_name = "voice_sending"
urlpatterns = [
    path("", views.messages, name="messages"),
    path("<uuid:message_id>/again", views.again, name="again"),
]
