"""Addresses of bundles, solutions, and how branches sell."""

from django.urls import path

from tenure.desk.offers import views
from tenure.desk.offers.bundles import views as bundles

app_name = "offers"
urlpatterns = [
    path("bundles/", bundles.bundles, name="bundles"),
    path("bundles/new", bundles.new, name="new-bundle"),
    path("bundles/<slug:code>/", bundles.bundle, name="bundle"),
    path("bundles/<slug:code>/withdraw", bundles.withdraw, name="withdraw-bundle"),
    path("selling", views.selling, name="selling"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/begin", views.begin, name="begin"),
    path("<uuid:solution_id>/", views.solution, name="solution"),
    path("<uuid:solution_id>/compose", views.compose, name="compose"),
    path("<uuid:solution_id>/settle", views.settle, name="settle"),
    path("<uuid:solution_id>/drop", views.drop, name="drop"),
    path("<uuid:solution_id>/page", views.paper, name="paper"),
]
