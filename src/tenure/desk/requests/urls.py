"""Addresses of requests."""

from django.urls import path

from tenure.desk.requests import views

app_name = "requests"
urlpatterns = [
    path("", views.request_list, name="requests"),
    path("corrections", views.corrections, name="corrections"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/new", views.receive, name="receive"),
    path("<uuid:number>", views.request_page, name="request"),
    path("<uuid:number>/letter", views.letter, name="letter"),
    path("<uuid:number>/copy", views.fetch, name="fetch"),
    path("<uuid:number>/<slug:form>", views.act, name="act"),
    path("correction/<uuid:number>/withdraw", views.withdraw_correction, name="withdraw-correction"),
]
