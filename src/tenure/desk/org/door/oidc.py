"""The bank's own sign-in (OpenID Connect): authorization code with PKCE, state and nonce; Authlib does the protocol.

What Authlib leaves open is closed here: the token must be there, of the configured issuer, for this client, and
signed with a public-key algorithm. Authlib and what it needs are loaded only when somebody signs in this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.desk.org.door.config import Provider

#: Seconds the provider has for each answer, and how far its clock may be off.
ANSWERS_WITHIN = 10
CLOCK_OFF = 60
_SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
_FACTORS_KNOWN = frozenset({"pwd", "pin"})
_FACTORS_HELD = frozenset({"otp", "hwk", "swk", "sc", "sms", "tel", "fpt", "face", "iris", "vbm"})
_TWO_FACTOR_CLASSES = frozenset({"https://refeds.org/profile/mfa", "phr", "phrh"})


class ProviderRefused(Exception):
    """The way through the provider does not hold; ``reason`` is for the audit trail."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def lead_away(request: HttpRequest, provider: Provider, back: str) -> HttpResponse:
    """Send the browser to the provider; state, nonce and verifier wait in the session.

    Raises:
        ProviderRefused: it does not answer, or is not who it should be.
    """
    with _Troubles():
        answer: HttpResponse = _app(provider).authorize_redirect(request, back)
        return answer


def claims_of(request: HttpRequest, provider: Provider) -> Mapping[str, Any]:
    """What the provider says about whoever comes back, once everything about it has been checked.

    Raises:
        ProviderRefused: state, code, signature, issuer, audience, nonce or time do not hold.
    """
    with _Troubles():
        options = {
            "iss": {"essential": True, "values": [provider.issuer]},
            "aud": {"essential": True, "values": [provider.client_id]},
        }
        token = _app(provider).authorize_access_token(request, claims_options=options, leeway=CLOCK_OFF)
    if not token.get("userinfo"):
        raise ProviderRefused("no id_token")
    return dict(token["userinfo"])


def said_two_factors(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that two factors were checked (``amr``, RFC 8176; ``acr``)."""
    methods = claims.get("amr")
    said = {one for one in methods if isinstance(one, str)} if isinstance(methods, list) else set()
    two = bool(said & _FACTORS_KNOWN) and bool(said & _FACTORS_HELD)
    return "mfa" in said or two or claims.get("acr") in _TWO_FACTOR_CLASSES


def _app(provider: Provider) -> Any:
    from authlib.integrations.django_client import OAuth

    app = OAuth().register(
        "bank",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": ANSWERS_WITHIN,
        },
    )
    told = app.load_server_metadata()
    if told.get("issuer") != provider.issuer:
        raise ProviderRefused("issuer")
    named = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    told["id_token_signing_alg_values_supported"] = sorted(_SIGNED_BY & set(named))
    return app


class _Troubles:
    """Turns whatever goes wrong with the provider into one refusal that says what it was."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, wrong: BaseException | None, trace: Any) -> None:
        if wrong is None or isinstance(wrong, ProviderRefused):
            return
        from authlib.integrations.base_client import OAuthError
        from joserfc.errors import JoseError
        from requests import RequestException

        if isinstance(wrong, RequestException):
            raise ProviderRefused("no answer") from wrong
        if isinstance(wrong, JoseError | OAuthError):
            claim = getattr(wrong, "claim", "") or ""
            raise ProviderRefused(f"{wrong.error} {claim}".strip()[:80]) from wrong
        if isinstance(wrong, ValueError | KeyError | TypeError | RuntimeError):  # answers that are no answer
            raise ProviderRefused(type(wrong).__name__) from wrong
