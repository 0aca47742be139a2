"""Addresses of the network: introductions, the ways to somebody, what they are worth."""

from django.urls import path

from tenure.desk.network import views
from tenure.desk.network.upkeep import views as upkeep

app_name = "network"
urlpatterns = [
    path("", views.listing, name="list"),
    path("paths", views.paths, name="paths"),
    path("to/<str:party_id>/", views.to, name="to"),
    path("thanks", views.thanks, name="thanks"),
    path("worth", views.branch, name="branch"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/worth", views.worth, name="worth"),
    path("customer/<str:party_id>/ask", views.ask, name="ask"),
    path("customer/<str:party_id>/unasked", views.unasked, name="unasked"),
    path("introductions/<uuid:introduction_id>/", views.introduction, name="introduction"),
    path("introductions/<uuid:introduction_id>/named", views.named, name="named"),
    path("introductions/<uuid:introduction_id>/contacted", views.contacted, name="contacted"),
    path("introductions/<uuid:introduction_id>/convert", views.convert, name="convert"),
    path("introductions/<uuid:introduction_id>/end", views.end, name="end"),
    path("introductions/<uuid:introduction_id>/thank", views.thank, name="thank"),
    path("upkeep", upkeep.year, name="upkeep"),
    path("customer/<str:party_id>/upkeep", upkeep.of_customer, name="upkeep-of"),
    path("upkeep/<uuid:upkeep_id>/withdraw", upkeep.withdraw, name="withdraw-upkeep"),
]
