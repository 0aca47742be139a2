"""Addresses of companies."""

from django.urls import path

from tenure.desk.corporate import views

app_name = "corporate"
urlpatterns = [
    path("", views.index, name="index"),
    path("waiting", views.waiting, name="waiting"),
    path("company/<str:company_id>/", views.company_page, name="company"),
    path("company/<str:company_id>/demand", views.note_demand, name="note-demand"),
    path("company/<str:company_id>/batch", views.make_opportunity, name="make-opportunity"),
    path("company/<str:company_id>/purchase", views.open_purchase, name="open-purchase"),
    path("company/<str:company_id>/visit", views.plan_visit, name="plan-visit"),
    path("company/<str:company_id>/trust", views.trust, name="trust"),
    path("purchase/<uuid:number>/", views.purchase, name="purchase"),
    path("purchase/<uuid:number>/move", views.move_purchase, name="move-purchase"),
    path("purchase/<uuid:number>/close", views.close_purchase, name="close-purchase"),
    path("purchase/<uuid:number>/person", views.put_role, name="put-role"),
    path("purchase/<uuid:number>/person/<uuid:role_id>/end", views.end_role, name="end-role"),
    path("purchase/<uuid:number>/criteria", views.put_criteria, name="put-criteria"),
    path("purchase/<uuid:number>/negotiation", views.negotiation, name="negotiation"),
    path("visit/<uuid:number>/", views.visit, name="visit"),
    path("visit/<uuid:number>/change", views.change_visit, name="change-visit"),
    path("visit/<uuid:number>/cancel", views.cancel_visit, name="cancel-visit"),
    path("visit/<uuid:number>/report", views.report_visit, name="report-visit"),
    path("promise/<uuid:promise_id>/settle", views.settle_promise, name="settle-promise"),
]
