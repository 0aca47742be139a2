"""Addresses of causes and improvements."""

from django.urls import path

from tenure.desk.voice.causes import views

app_name = "voice_causes"
urlpatterns = [
    path("", views.themes, name="themes"),
    path("theme", views.theme, name="theme"),
    path("theme/correct/<slug:form>", views.correct, name="correct"),
    path("corrections", views.corrections, name="corrections"),
    path("corrections/<int:correction_id>/undo", views.undo, name="undo"),
    path("improvements/", views.improvements, name="improvements"),
    path("improvements/strip", views.strip, name="strip"),
    path("improvements/new", views.new, name="new"),
    path("improvements/<uuid:improvement_id>/", views.improvement, name="improvement"),
    path("improvements/<uuid:improvement_id>/edit", views.edit, name="edit"),
    path("improvements/<uuid:improvement_id>/do/<slug:form>", views.act, name="act"),
    path("actions/<int:action_id>/done", views.action_done, name="action-done"),
]
