"""A real OpenID Connect provider on this machine, which a test may let lie in one way or another.

The provider is a package of its own (oidc-provider-mock), written by others than whom it tests. It issues codes and
signed tokens over HTTP; what it leaves out, PKCE, is checked here as the standard says (RFC 7636, 4.6).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import flask
import oidc_provider_mock
import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

Lie = Callable[[dict[str, Any], dict[str, Any]], None]


class BankProvider:
    """Where it is, and how it lies: ``lie(header, claims)`` changes a token before it is signed."""

    def __init__(self) -> None:
        self.issuer = ""
        self.lie: Lie | None = None
        self.key: RSAKey | None = None
        self.calls_itself = ""
        self.verified = 0
        self._challenges: list[str] = []

    def knows(self, sub: str, **claims: Any) -> None:
        """Someone with an account there."""
        requests.put(f"{self.issuer}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def consent(self, address: str, sub: str) -> str:
        """Sign in there as ``sub`` on the page at ``address``; the address it sends the browser back to."""
        answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]

    def before(self) -> Any:
        """Keep the challenge; at the token's address, ask for what it was made of."""
        if challenge := flask.request.args.get("code_challenge"):
            assert flask.request.args["code_challenge_method"] == "S256"
            self._challenges.append(challenge)
        if flask.request.path == "/oauth2/token":
            digest = hashlib.sha256(flask.request.form.get("code_verifier", "").encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") not in self._challenges:
                return flask.jsonify({"error": "invalid_grant"}), 400
            self.verified += 1
        return None

    def after(self, response: Any) -> Any:
        """Lie, where the test asks for it."""
        if self.calls_itself and flask.request.path == "/.well-known/openid-configuration":
            response.set_data(json.dumps(json.loads(response.get_data()) | {"issuer": self.calls_itself}))
        if flask.request.path != "/oauth2/token" or response.status_code != 200 or (self.lie is None and not self.key):
            return response
        body = json.loads(response.get_data())
        true = RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
        told = jwt.decode(body["id_token"], KeySet([true]))
        if self.lie is not None:
            self.lie(told.header, told.claims)
        body["id_token"] = jwt.encode(told.header, told.claims, self.key or true)
        response.set_data(json.dumps(body))
        return response


@contextmanager
def bank_provider() -> Iterator[BankProvider]:
    """The provider, answering over HTTP until the block ends."""
    bank = BankProvider()
    app = oidc_provider_mock.app()
    app.before_request(bank.before)
    app.after_request(bank.after)
    server = make_server("localhost", 0, app, threaded=True)
    bank.issuer = f"http://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield bank
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
