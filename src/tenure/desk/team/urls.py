"""Addresses of teams."""

from django.urls import path

from tenure.desk.team import views

app_name = "team"
urlpatterns = [
    path("", views.handovers, name="handovers"),
    path("plan", views.plan, name="plan"),
    path("propose", views.propose, name="propose"),
    path("hand-over/<uuid:handover_id>/", views.handover, name="handover"),
    path("hand-over/export", views.export, name="export"),
    path("hand-over/<uuid:handover_id>/undo", views.undo, name="undo"),
    path("tell/", views.to_tell, name="to-tell"),
    path("tell/<int:line_id>", views.tell, name="tell"),
    path("tell/<int:line_id>/letter", views.letter, name="letter"),
    path("absences/", views.absences, name="absences"),
    path("absences/note", views.note_absence, name="note-absence"),
    path("absences/<uuid:absence_id>/end", views.end_absence, name="end-absence"),
    path("absences/pair", views.set_pair, name="set-pair"),
    path("pool/", views.pool, name="pool"),
    path("pool/<str:party_id>/take", views.take, name="take"),
    path("pool/<str:party_id>/assign", views.assign, name="assign"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/support", views.support, name="support"),
    path("customer/<str:party_id>/give-back", views.give_back, name="give-back"),
]
