"""Addresses customers see; short, because they stand in text messages."""

from django.urls import path

from tenure.desk.voice.answering import views

app_name = "voice_answering"
urlpatterns = [
    path("s/<str:token>", views.answer, name="answer"),
    path("q/<slug:code>", views.counter, name="counter"),
]
