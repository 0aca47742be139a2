"""Addresses of the lobby."""

from django.urls import path

from tenure.desk.lobby import views

app_name = "lobby"
urlpatterns = [
    path("", views.lobby, name="lobby"),
    path("queue", views.queue, name="queue"),
    path("find", views.find, name="find"),
    path("card/<str:party_id>/", views.card, name="card"),
    path("card/<str:party_id>/advice", views.advice, name="advice"),
    path("card/<str:party_id>/receive", views.receive, name="receive"),
    path("reception/<uuid:reception_id>/withdraw", views.withdraw, name="withdraw"),
]
