"""Addresses of the day's work."""

from django.urls import path

from tenure.desk.work import views

app_name = "work"
urlpatterns = [
    path("", views.today, name="today"),
    path("waiting", views.waiting, name="waiting"),
    path("entry/show/<path:key>", views.entry, name="entry"),
    path("entry/form/<slug:form>/<path:key>", views.form, name="form"),
    path("entry/log/<path:key>", views.log, name="log"),
    path("entry/snooze/<path:key>", views.snooze, name="snooze"),
    path("entry/hand-over/<path:key>", views.hand_over, name="hand-over"),
    path("entry/undo/<path:key>", views.undo, name="undo"),
    path("customer/<str:party_id>", views.of_customer, name="of-customer"),
    path("customer/<str:party_id>/parts/<slug:place>", views.customer_parts, name="customer-parts"),
    path("customer/<str:party_id>/contact", views.contact, name="contact"),
    path("contact/<uuid:number>/withdraw", views.withdraw, name="withdraw"),
]
