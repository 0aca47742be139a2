"""Addresses of care."""

from django.urls import path

from tenure.desk.care.views import balances, calendar, statements

app_name = "care"
urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("today", calendar.strip, name="strip"),
    path("customer/<str:party_id>", calendar.of_customer, name="of-customer"),
    path("line/<str:party_id>", calendar.form, name="form"),
    path("line/<str:party_id>/<slug:form>", calendar.act, name="act"),
    path("balances/", balances.balances, name="balances"),
    path("statement/<str:party_id>", statements.write, name="write-statement"),
    path("statements/<uuid:number>", statements.statement, name="statement"),
]
