"""Version 1 of the API, put together from the apps' operations."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from ninja import NinjaAPI
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from tenure.desk.api.problems import answer_with_problems
from tenure.desk.care.api import router as care
from tenure.desk.control.api import router as control
from tenure.desk.control.changes.api import router as changes
from tenure.desk.control.jobs.api import router as jobs
from tenure.desk.corporate.api import router as corporate
from tenure.desk.corporate.negotiation_api import router as negotiation
from tenure.desk.corporate.visit_api import router as company_visits
from tenure.desk.findings.api import router as findings
from tenure.desk.knowledge.api import router as knowledge
from tenure.desk.lobby.api import router as lobby
from tenure.desk.network.api import router as network
from tenure.desk.network.upkeep.api import router as upkeep
from tenure.desk.offers.api import router as offers
from tenure.desk.offers.paper_api import router as papers
from tenure.desk.opportunities.api import router as opportunities
from tenure.desk.opportunities.credit.api import router as credit
from tenure.desk.org.api import router as org
from tenure.desk.parties.api import router as parties
from tenure.desk.reports.api import router as reports
from tenure.desk.requests.api import router as requests
from tenure.desk.signals.api import router as signals
from tenure.desk.team.api import router as team
from tenure.desk.voice.cases.api import router as cases
from tenure.desk.voice.causes.api import router as causes
from tenure.desk.voice.causes.improvement_api import router as improvements
from tenure.desk.voice.complaints.api import router as complaints
from tenure.desk.voice.leaving.api import router as lost
from tenure.desk.voice.panels.api import router as panels
from tenure.desk.voice.panels.taking_part_api import router as taking_part
from tenure.desk.voice.sending.api import router as messages
from tenure.desk.voice.surveys.api import router as surveys
from tenure.desk.work.api import router as work

DESCRIPTION = """Customers, the day's work, branch figures and data runs, as the desk shows them to the caller.

Sign requests with `Authorization: Bearer tnr_…`; tokens are made at the desk. Money is whole minor units (fen) with
its currency beside it. Values are masked as the token's owner must see them. Errors are problem details (RFC 9457).
"""


class Api(NinjaAPI):
    """Names operations by their function, which is unique, so that generated clients read well."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """The document; problems are said to come as what they do come as (RFC 9457)."""
        schema = super().get_openapi_schema(**kwargs)
        for path in schema["paths"].values():
            for operation in path.values():
                for response in operation["responses"].values():
                    content = response.get("content", {})
                    told = content.get("application/json", {}).get("schema", {})
                    if told.get("$ref", "").endswith("/Problem"):
                        content["application/problem+json"] = content.pop("application/json")
        return schema


api = Api(
    title="Tenure 久谊",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs=Swagger(settings={"persistAuthorization": False}),
    docs_decorator=login_required,
)
for router in (
    org,
    parties,
    work,
    findings,
    knowledge,
    corporate,
    negotiation,
    company_visits,
    lobby,
    cases,
    lost,
    panels,
    taking_part,
    causes,
    improvements,
    complaints,
    opportunities,
    credit,
    network,
    upkeep,
    offers,
    papers,
    signals,
    surveys,
    care,
    team,
    requests,
    reports,
    control,
    changes,
    jobs,
    messages,
):
    api.add_router("", router)
answer_with_problems(api)
