"""Addresses of care."""

from django.urls import path

from tenure.desk.care.views import balances, calendar, events, statements

app_name = "care"
urlpatterns = [
    path("", calendar.calendar, name="calendar"),
    path("today", calendar.strip, name="strip"),
    path("customer/<str:party_id>", calendar.of_customer, name="of-customer"),
    path("line/<str:party_id>", calendar.form, name="form"),
    path("line/<str:party_id>/<slug:form>", calendar.act, name="act"),
    path("balances/", balances.balances, name="balances"),
    path("events/", events.events, name="events"),
    path("events/make", events.make, name="make-event"),
    path("events/invite-list", events.invite_list, name="invite-list"),
    path("events/<uuid:number>", events.event, name="event"),
    path("events/<uuid:number>/<slug:form>", events.act, name="event-act"),
    path("events/<uuid:number>/guest/<str:party_id>", events.guest, name="guest"),
    path("customer/<str:party_id>/invite", events.invite_customer, name="invite-customer"),
    path("statement/<str:party_id>", statements.write, name="write-statement"),
    path("statements/<uuid:number>", statements.statement, name="statement"),
]
