"""Addresses of care."""

from django.urls import path

from tenure.desk.care import views

app_name = "care"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("today", views.strip, name="strip"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("line/<str:party_id>", views.form, name="form"),
    path("line/<str:party_id>/<slug:form>", views.act, name="act"),
]
