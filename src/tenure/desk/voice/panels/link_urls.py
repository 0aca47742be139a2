"""The address in an invitation to a panel and in the question how it was; short, because it stands in text messages."""

from django.urls import path

from tenure.desk.voice.panels import link_views

app_name = "panel_links"
urlpatterns = [path("p/<str:token>", link_views.answer, name="answer")]
