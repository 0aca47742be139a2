"""Addresses of the desk."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(pattern_name="work:today"), name="home"),
    path("account/", include("tenure.desk.org.urls")),
    path("today/", include("tenure.desk.work.urls")),
    path("signals/", include("tenure.desk.signals.urls")),
    path("customers/", include("tenure.desk.parties.urls")),
    path("audit/", include("tenure.desk.control.urls")),
    path("opportunities/", include("tenure.desk.opportunities.urls")),
    path("companies/", include("tenure.desk.corporate.urls")),
    path("offers/", include("tenure.desk.offers.urls")),
    path("cases/", include("tenure.desk.voice.cases.urls")),
    path("lost/", include("tenure.desk.voice.leaving.urls")),
    path("causes/", include("tenure.desk.voice.causes.urls")),
    path("complaints/", include("tenure.desk.voice.complaints.urls")),
    path("panels/", include("tenure.desk.voice.panels.urls")),
    path("surveys/", include("tenure.desk.voice.surveys.urls")),
    path("knowledge/", include("tenure.desk.knowledge.urls")),
    path("lobby/", include("tenure.desk.lobby.urls")),
    path("insight/", include("tenure.desk.findings.urls")),
    path("care/", include("tenure.desk.care.urls")),
    path("requests/", include("tenure.desk.requests.urls")),
    path("network/", include("tenure.desk.network.urls")),
    path("team/", include("tenure.desk.team.urls")),
    path("reports/", include("tenure.desk.reports.urls")),
    path("messages/", include("tenure.desk.voice.sending.urls")),
    path("", include("tenure.desk.voice.answering.urls")),
    path("", include("tenure.desk.voice.panels.link_urls")),
    path("api/", include("tenure.desk.api.urls")),
]

handler403 = "tenure.desk.kit.pages.forbidden"
handler404 = "tenure.desk.kit.pages.not_found"
handler500 = "tenure.desk.kit.pages.broken"
