"""What the simulated gateways of JD, Pinduoduo and Meituan have in common: parameters from address and body, tokens,
and errors that a test orders. Signatures are written here anew: a server that shared them with the client would agree
with whatever it does wrong.

None of the three protocols knows a nonce, so a request that is repeated within the window of its timestamp is valid.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from campaign_app.sandbox.calls import json_answer, read_body
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.problems import Refused, invalid

Params = Mapping[str, str]
M = TypeVar("M", bound=BaseModel)


def simulated_word(config: SandboxConfig, name: str) -> str:
    """A secret or token of the sandbox: it follows from the seed and protects nothing."""
    return sha256(f"campaign-app sandbox {config.seed} {name}".encode()).hexdigest()[:32]


def flat(params: Params) -> str:
    """All but `sign`, sorted by name, without anything between."""
    return "".join(name + value for name, value in sorted(params.items()) if name != "sign")


async def params_of(request: Request) -> Params:
    """Every parameter once, from the address and from a body that is a form or a JSON object."""
    body = await read_body(request)
    pairs = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        pairs += _json_pairs(body)
    else:
        pairs += parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    if len({name for name, _ in pairs}) != len(pairs):
        raise Refused(400, "repeated_parameter", "a parameter is there more than once")
    return dict(pairs)


def _json_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refused(400, "bad_json", "the body is no JSON") from error
    if not isinstance(found, dict):
        raise Refused(400, "bad_json", "the body is no JSON object")
    return [(name, value if isinstance(value, str) else json.dumps(value)) for name, value in found.items()]


class Grant:
    """The tokens of one shop: a refresh token is good once, and only the newest access token is valid."""

    def __init__(self, config: SandboxConfig, vendor: str) -> None:
        self._config, self._vendor, self._number = config, vendor, 0
        self._expired = False

    @property
    def access(self) -> str:
        return simulated_word(self._config, f"{self._vendor} access {self._number}")

    @property
    def refresh(self) -> str:
        return simulated_word(self._config, f"{self._vendor} refresh {self._number}")

    def admits(self, token: str) -> bool:
        return not self._expired and token == self.access

    def expire(self) -> None:
        self._expired = True

    def renew(self, refresh_token: str) -> bool:
        """False for a refresh token that is not the newest."""
        if refresh_token != self.refresh:
            return False
        self._number += 1
        self._expired = False
        return True


class Trouble(BaseModel):
    """`error` befalls the next `times` calls, with the platform's own code; `expire` ends the access token."""

    model_config = ConfigDict(extra="forbid")
    error: str = ""
    times: int = Field(1, ge=1, le=1_000)
    expire: bool = False


async def local_order(request: Request, model: type[M]) -> M:
    """What somebody on this machine orders of a simulator; nobody on another one may."""
    if request.client is None or not ip_address(request.client.host).is_loopback:
        raise Refused(403, "not_local", "only from the machine that the sandbox runs on")
    try:
        return model.model_validate_json(await read_body(request))
    except ValidationError as error:
        raise invalid(error) from error


class Troubles:
    """Errors that were ordered for one gateway."""

    def __init__(self, grant: Grant) -> None:
        self._grant = grant
        self._next: deque[str] = deque()

    def next(self) -> str:
        """The code that befalls this call, or ""."""
        return self._next.popleft() if self._next else ""

    def route(self, vendor: str) -> Route:
        return Route(f"/sandbox/vendors/{vendor}", self._order, methods=["POST"])

    async def _order(self, request: Request) -> Response:
        order = await local_order(request, Trouble)
        if order.expire:
            self._grant.expire()
        if order.error:
            self._next.extend([order.error] * order.times)
        return json_answer({"waiting": len(self._next)})
