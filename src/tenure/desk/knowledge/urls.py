"""Addresses of what is known of a customer."""

from django.urls import path

from tenure.desk.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("customer/<str:party_id>/", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/fact", views.add_fact, name="add-fact"),
    path("customer/<str:party_id>/relations", views.relations, name="relations"),
    path("customer/<str:party_id>/questionnaire", views.questionnaire, name="questionnaire"),
    path("customer/<str:party_id>/answer", views.answer, name="answer"),
    path("fact/<uuid:fact_id>/replace", views.replace_fact, name="replace-fact"),
    path("fact/<uuid:fact_id>/retire", views.retire_fact, name="retire-fact"),
    path("fact/<uuid:fact_id>/undo", views.undo_fact, name="undo-fact"),
    path("answers/<uuid:answers_id>/", views.result, name="result"),
    path("answers/<uuid:answers_id>/confirm", views.confirm, name="confirm"),
    path("answers/<uuid:answers_id>/overrule", views.overrule, name="overrule"),
]
