"""Addresses of surveys."""

from django.urls import path

from tenure.desk.voice.surveys import views

app_name = "surveys"
urlpatterns = [
    path("", views.surveys, name="surveys"),
    path("new", views.new, name="new"),
    path("<slug:code>/", views.survey, name="survey"),
    path("<slug:code>/draft", views.draft, name="draft"),
    path("<slug:code>/move", views.move, name="move"),
    path("<slug:code>/waves", views.waves, name="waves"),
    path("<slug:code>/counter", views.counter, name="counter"),
    path("<slug:code>/counter/end", views.end_counter, name="end-counter"),
    path("<slug:code>/counter/<str:org_id>/poster", views.poster, name="poster"),
]
