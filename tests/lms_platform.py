"""A learning platform on this machine, as LTI 1.3 has it: a real HTTP server with keys, logins, tokens, scores and members.

It is as strict as the standard lets it be: an assertion has to be signed by a key that the tool publishes, for this address, once; a token
opens what it was given for; scores and members are asked for by their media types. `lies` change what a launch says.
"""

import html
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import urlopen

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
DEEP = "https://purl.imsglobal.org/spec/lti-dl/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
ROLES = "http://purl.imsglobal.org/vocab/lis/v2/"
SCORE_SCOPE, MEMBER_SCOPE = f"{AGS}scope/score", f"{NRPS}scope/contextmembership.readonly"
CLIENT, DEPLOYMENT = "opening-bell-here", "7"
LEARNER, TEACHER = [f"{ROLES}membership#Learner"], [f"{ROLES}membership#Instructor", f"{ROLES}institution/person#Staff"]


class Lms:
    """`tool`: where the tool's keys are, or themselves. `members`: (subject, name, roles, status) of the course, two on a page. `answers`: the
    statuses of the next scores; after them all are taken in. `launching`: what browsers find here: the address of the `tool`, the `kind` of
    message, `claims` besides, and `site`, the name that browsers know it by.
    """

    def __init__(self) -> None:
        self.tool: Any = {"keys": []}
        self.keys: dict[str, rsa.RSAPrivateKey] = {}
        self.name = ""
        self.new_key()
        self.asked_for_keys = 0
        self.members: list[tuple[str, str, list[str], str]] = []
        self.answers: list[int] = []
        self.scores: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.chosen: dict[str, Any] = {}
        self.tokens: dict[str, str] = {}
        self.used: set[str] = set()
        self.launching: dict[str, Any] = {"claims": {}, "kind": "resource"}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.lock = threading.Lock()
        self.holds = threading.Event()  # while it is set a score is heard and neither put down nor answered
        self.held = 0
        self.freed = threading.Event()
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def site(self) -> str:
        """Where browsers find it."""
        return self.issuer.replace("127.0.0.1", self.launching.get("site", "127.0.0.1"))

    def registered(self) -> dict[str, str]:
        """What a facilitator types to register it."""
        return {
            "name": "Moodle", "issuer": self.issuer, "client": CLIENT, "deployments": f"1, {DEPLOYMENT}", "login_url": f"{self.site}/auth",
            "token_url": f"{self.issuer}/token", "keys_url": f"{self.issuer}/keys",
        }  # fmt: skip

    def new_key(self, *, keep: bool = False) -> None:
        """Sign with another key from now on; the one before goes unless it is kept."""
        self.keys = dict(self.keys) if keep else {}
        self.name = f"key-{time.monotonic_ns()}"
        self.keys[self.name] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def claims(self, nonce: str, subject: str = "42", name: str = "Ada Lovelace", roles: list[str] = LEARNER, **more: Any) -> dict[str, Any]:
        """What a launch says; `more` by their names without what stands before them are claims of the standard, None takes one out."""
        at = int(time.time())
        told: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": subject, "name": name, "nonce": nonce, "iat": at, "exp": at + 60,
            f"{CLAIM}version": "1.3.0", f"{CLAIM}deployment_id": DEPLOYMENT, f"{CLAIM}roles": roles,
            f"{CLAIM}context": {"id": "9", "title": "Operational risk"},
            f"{AGS}claim/endpoint": {"scope": [SCORE_SCOPE], "lineitem": f"{self.issuer}/items/3/lineitem?type_id=1", "lineitems": f"{self.issuer}/items"},
            f"{NRPS}claim/namesroleservice": {"context_memberships_url": f"{self.issuer}/members", "service_versions": ["2.0"]},
        }  # fmt: skip
        for key, value in more.items():
            whole = key if key in told or key in ("azp", "nbf", "given_name", "family_name") else f"{CLAIM}{key}"
            told[whole] = value
        return {key: value for key, value in told.items() if value is not None}

    def resource(self, nonce: str, homework: str, **more: Any) -> dict[str, Any]:
        """A launch of a link."""
        link = {"message_type": "LtiResourceLinkRequest", "resource_link": {"id": "31"}, "custom": {"homework": homework}}
        return self.claims(nonce, **{**link, **more})

    def choice(self, nonce: str, **more: Any) -> dict[str, Any]:
        """A launch to choose what to link to."""
        settings = {
            "deep_link_return_url": f"{self.site}/chosen", "accept_types": ["link", "ltiResourceLink"], "data": "csrf:9",
            "accept_presentation_document_targets": ["iframe", "window"],
        }  # fmt: skip
        told = self.claims(nonce, **{"roles": TEACHER, "message_type": "LtiDeepLinkingRequest", **more})
        return {f"{DEEP}deep_linking_settings": settings, **told}

    def sign(self, claims: dict[str, Any], **head: Any) -> str:
        """An id_token."""
        return jwt.encode(claims, self.keys[self.name], algorithm="RS256", headers={"kid": self.name, **head})

    def tool_keys(self) -> list[dict[str, Any]]:
        """The tool's, as it publishes them."""
        if isinstance(self.tool, str):
            with urlopen(self.tool) as answer:
                return list(json.loads(answer.read())["keys"])
        return list((self.tool() if callable(self.tool) else self.tool)["keys"])

    def by_tool(self, token: str, audience: str) -> dict[str, Any]:
        """The claims of what the tool signed. Raises PyJWTError, or KeyError where the key is not one of its."""
        found = {one["kid"]: one for one in self.tool_keys()}[jwt.get_unverified_header(token)["kid"]]
        return dict(jwt.decode(token, jwt.PyJWK(found, "RS256").key, algorithms=["RS256"], audience=audience, issuer=CLIENT, options={"require": ["exp", "iat"]}))

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """An access token, for an assertion that is good and was not used."""
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        try:
            told = self.by_tool(form["client_assertion"], f"{self.issuer}/token")
        except (jwt.PyJWTError, KeyError) as problem:
            self.refused.append(f"assertion: {problem!r}")
            return 400, {"error": "invalid_client"}
        if told["sub"] != CLIENT or told["jti"] in self.used or told["exp"] - told["iat"] > 3600:
            return 400, {"error": "invalid_client"}
        self.used.add(told["jti"])
        if form["scope"] not in (SCORE_SCOPE, MEMBER_SCOPE):
            return 400, {"error": "invalid_scope"}
        made = f"token-{len(self.tokens)}"
        self.tokens[made] = form["scope"]
        return 200, {"access_token": made, "token_type": "bearer", "expires_in": 3600, "scope": form["scope"]}

    def take(self, body: bytes, headers: Any) -> int:
        """A score; the status of the answer."""
        if headers["Content-Type"] != "application/vnd.ims.lis.v1.score+json":
            return 415
        told = json.loads(body)
        if not {"userId", "timestamp", "activityProgress", "gradingProgress"} <= set(told) or ("scoreGiven" in told) != ("scoreMaximum" in told):
            return 400
        if any(one["userId"] == told["userId"] and one["timestamp"] >= told["timestamp"] for one in self.scores):
            return 409
        status = self.answers.pop(0) if self.answers else 200
        if status < 300:
            self.scores.append(told)
        return status

    def _handler(lms) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def log_message(handler, format: str, *args: Any) -> None:
                pass

            def answer(handler, status: int, told: Any, kind: str = "application/json", **headers: str) -> None:
                body = told.encode() if isinstance(told, str) else json.dumps(told).encode()
                handler.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                    handler.send_header(name, value)
                handler.end_headers()
                handler.wfile.write(body)

            def may(handler, scope: str) -> bool:
                return lms.tokens.get(handler.headers.get("Authorization", "").removeprefix("Bearer ")) == scope

            def do_GET(handler) -> None:
                parts = urlsplit(handler.path)
                asked = dict(parse_qsl(parts.query))
                if parts.path == "/keys":
                    lms.asked_for_keys += 1
                    told = [{**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": name, "alg": "RS256"} for name, key in lms.keys.items()]
                    handler.answer(200, {"keys": told})
                elif parts.path == "/auth":
                    handler.answer(200, lms.form(asked), "text/html; charset=utf-8")
                elif parts.path == "/course":
                    handler.answer(200, lms.course(), "text/html; charset=utf-8")
                elif parts.path == "/members":
                    handler.members(int(asked.get("from", "0")))
                else:
                    handler.answer(404, {})

            def members(handler, first: int) -> None:
                if not handler.may(MEMBER_SCOPE):
                    handler.answer(403, {})
                elif handler.headers["Accept"] != "application/vnd.ims.lti-nrps.v2.membershipcontainer+json":
                    handler.answer(406, {})
                else:
                    page = lms.members[first : first + 2]
                    rows = [{"user_id": who, "name": name, "roles": roles, "status": status} for who, name, roles, status in page]
                    more = {"Link": f'<{lms.issuer}/members?from={first + 2}>; rel="next"'} if first + 2 < len(lms.members) else {}
                    handler.answer(200, {"id": f"{lms.issuer}/members", "context": {"id": "9"}, "members": rows}, handler.headers["Accept"], **more)

            def do_POST(handler) -> None:
                body = handler.rfile.read(int(handler.headers["Content-Length"]))
                parts = urlsplit(handler.path)
                if parts.path == "/token":
                    with lms.lock:
                        handler.answer(*lms.token(dict(parse_qsl(body.decode()))))
                elif lms.holds.is_set():
                    lms.held += 1
                    handler.close_connection = True
                    lms.freed.wait(30)
                elif parts.path == "/items/3/lineitem/scores" and parts.query == "type_id=1":
                    with lms.lock:
                        status = lms.take(body, handler.headers) if handler.may(SCORE_SCOPE) else 401
                    handler.answer(status, {} if status < 300 else {"error": "the gradebook is closed"})
                elif parts.path == "/chosen":
                    lms.chosen = lms.by_tool(dict(parse_qsl(body.decode()))["JWT"], lms.issuer)
                    handler.answer(200, "<!doctype html><title>Course</title><p>The link is added.", "text/html; charset=utf-8")
                else:
                    handler.answer(404, {})

        return Handler

    def course(self) -> str:
        """A page of a course, with the link in a tab of its own."""
        begin = html.escape(f"{self.launching['tool']}/lti/login?" + urlencode({**self.first(), "target_link_uri": f"{self.launching['tool']}/lti/launch"}))
        return f'<!doctype html><html lang="en"><title>Course</title><h1>Course</h1><a href="{begin}" target="_blank">Open the tool</a></html>'

    def first(self) -> dict[str, str]:
        """What a login begins with."""
        return {"iss": self.issuer, "login_hint": "42", "client_id": CLIENT, "lti_message_hint": "31"}

    def form(self, asked: dict[str, str]) -> str:
        """What a browser finds at the login: a form that goes back to the tool by itself."""
        assert asked["response_mode"] == "form_post" and asked["response_type"] == "id_token" and asked["scope"] == "openid" and asked["client_id"] == CLIENT
        make = self.resource if self.launching["kind"] == "resource" else self.choice
        token = self.sign(make(asked["nonce"], **self.launching["claims"]))
        fields = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}">' for name, value in (("id_token", token), ("state", asked["state"])))
        return f'<!doctype html><title>Login</title><form method="post" action="{html.escape(asked["redirect_uri"])}">{fields}</form><script>document.forms[0].submit()</script>'


@contextmanager
def lms_platform() -> Iterator[Lms]:
    """One for a while."""
    found = Lms()
    try:
        yield found
    finally:
        found.freed.set()
        found.server.shutdown()
        found.server.server_close()
