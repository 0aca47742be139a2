"""Addresses of opportunities and of the credit shared for them."""

from django.urls import path

from tenure.desk.opportunities import opportunity_views, views
from tenure.desk.opportunities.credit import views as credit

app_name = "opportunities"
urlpatterns = [
    path("", views.board, name="board"),
    path("list", views.listing, name="list"),
    path("export", views.export, name="export"),
    path("stale", views.stale, name="stale"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/new", views.new, name="new"),
    path("credit/", credit.mine, name="credit"),
    path("credit/branch", credit.branch, name="branch-credit"),
    path("credit/export", credit.export, name="export-credit"),
    path("shares/<uuid:agreement_id>/", credit.agreement, name="agreement"),
    path("shares/<uuid:agreement_id>/answer", credit.answer, name="answer"),
    path("shares/<uuid:agreement_id>/dispute", credit.dispute, name="dispute"),
    path("shares/<uuid:agreement_id>/take-back", credit.take_back, name="take-back"),
    path("<uuid:opportunity_id>/", opportunity_views.opportunity, name="opportunity"),
    path("<uuid:opportunity_id>/move", views.move, name="move"),
    path("<uuid:opportunity_id>/step", opportunity_views.step, name="step"),
    path("<uuid:opportunity_id>/edit", opportunity_views.edit, name="edit"),
    path("<uuid:opportunity_id>/win", opportunity_views.win, name="win"),
    path("<uuid:opportunity_id>/lose", opportunity_views.lose, name="lose"),
    path("<uuid:opportunity_id>/reopen", opportunity_views.reopen, name="reopen"),
    path("<uuid:opportunity_id>/shares", credit.propose, name="propose"),
    path("<uuid:opportunity_id>/end-credit", credit.end, name="end-credit"),
]
