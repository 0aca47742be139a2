"""Addresses of customers."""

from django.urls import path

from tenure.desk.parties import views

app_name = "parties"
urlpatterns = [
    path("", views.customers, name="customers"),
    path("find", views.find, name="find"),
    path("columns", views.columns, name="columns"),
    path("views", views.save_view, name="save-view"),
    path("views/<int:number>/delete", views.delete_view, name="delete-view"),
    path("export", views.export, name="export"),
    path("export/<uuid:number>", views.download, name="download"),
    path("duplicates/", views.duplicates, name="duplicates"),
    path("duplicates/with", views.compare_with, name="compare-with"),
    path("duplicates/<str:party_id>/<str:other_id>/", views.compare, name="compare"),
    path("duplicates/<str:party_id>/<str:other_id>/merge", views.propose_merge, name="propose-merge"),
    path("duplicates/<str:party_id>/<str:other_id>/apart", views.tell_apart, name="tell-apart"),
    path("merges/<int:number>/undo", views.undo_merge, name="undo-merge"),
    path("<str:party_id>/", views.customer, name="customer"),
    path("<str:party_id>/consents", views.consent, name="consent"),
    path("<str:party_id>/events", views.events, name="events"),
    path("<str:party_id>/reveal/<slug:column>", views.reveal, name="reveal"),
]
