"""A scripted server behind the real `requests`: hands out what it was told to, remembers what it was asked."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse


@dataclass(frozen=True)
class Reply:
    """One answer of the server: a status, a body (bytes, or anything that JSON can hold) and headers."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Script = Reply | Exception | int | dict[str, Any] | list[Any] | Callable[[requests.PreparedRequest], Any]


class Replay(HTTPAdapter):
    """Answers in order: an int is a status, a dict or list a JSON body, an exception is raised, a function is called

    with the request and returns one of these. `forever` answers when the script is over.
    """

    def __init__(self, *script: Script, forever: Script | None = None) -> None:
        super().__init__()
        self.script: deque[Script] = deque(script)
        self.forever = forever
        self.requests: list[requests.PreparedRequest] = []

    def answer(self, *script: Script) -> None:
        self.script.extend(script)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(r.body) for r in self.requests if r.body]

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self.requests.append(request)
        step = self.script.popleft() if self.script else self.forever
        while callable(step):
            step = step(request)
        if isinstance(step, Exception):
            raise step
        if step is None:
            raise AssertionError(f"nobody expected {request.method} {request.path_url}")
        return self.build_response(request, _raw(step))


def _raw(step: Any) -> HTTPResponse:
    reply = step if isinstance(step, Reply) else Reply(status=step) if isinstance(step, int) else Reply(body=step)
    body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    return HTTPResponse(BytesIO(body), headers=reply.headers, status=reply.status, preload_content=False)


def problem(status: int, code: str, **headers: str) -> Reply:
    """A problem+json answer; header names are written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, {"title": "No", "status": status, "code": code, "detail": "13800000001"}, fields)
