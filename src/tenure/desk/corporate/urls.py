"""Addresses of companies."""

from django.urls import path

from tenure.desk.corporate.views import company, purchases, visits

app_name = "corporate"
urlpatterns = [
    path("", company.index, name="index"),
    path("waiting", company.waiting, name="waiting"),
    path("company/<str:company_id>/", company.company_page, name="company"),
    path("company/<str:company_id>/demand", company.note_demand, name="note-demand"),
    path("company/<str:company_id>/batch", company.make_opportunity, name="make-opportunity"),
    path("company/<str:company_id>/purchase", purchases.open_purchase, name="open-purchase"),
    path("company/<str:company_id>/visit", visits.plan_visit, name="plan-visit"),
    path("company/<str:company_id>/trust", company.trust, name="trust"),
    path("purchase/<uuid:number>/", purchases.purchase, name="purchase"),
    path("purchase/<uuid:number>/move", purchases.move_purchase, name="move-purchase"),
    path("purchase/<uuid:number>/close", purchases.close_purchase, name="close-purchase"),
    path("purchase/<uuid:number>/person", purchases.put_role, name="put-role"),
    path("purchase/<uuid:number>/person/<uuid:role_id>/end", purchases.end_role, name="end-role"),
    path("purchase/<uuid:number>/criteria", purchases.put_criteria, name="put-criteria"),
    path("purchase/<uuid:number>/negotiation", purchases.negotiation, name="negotiation"),
    path("visit/<uuid:number>/", visits.visit, name="visit"),
    path("visit/<uuid:number>/change", visits.change_visit, name="change-visit"),
    path("visit/<uuid:number>/cancel", visits.cancel_visit, name="cancel-visit"),
    path("visit/<uuid:number>/report", visits.report_visit, name="report-visit"),
    path("promise/<uuid:promise_id>/settle", visits.settle_promise, name="settle-promise"),
]
