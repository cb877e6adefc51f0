"""A signed call: read, limited, verified and handed to its handler; and the parameters that lists share."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from campaign_app.sandbox.auth import Gatekeeper
from campaign_app.sandbox.config import BODY_MAX, Shop
from campaign_app.sandbox.faults import NO_FAULT, Fault
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.problems import Refused, invalid

LIMIT_DEFAULT: Final = 500
LIMIT_MAX: Final = 1_000
_MOMENT: Final = TypeAdapter(AwareDatetime)
_RFC3339: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)

M = TypeVar("M", bound=BaseModel)
# position, limit → items, position to go on from, whether there is more
Fetch = Callable[[int, int], tuple[Sequence[dict[str, Any]], int, bool]]


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request."""

    request: Request
    shop: Shop
    body: bytes
    now: datetime
    fault: Fault

    def parse(self, model: type[M]) -> M:
        try:
            return model.model_validate_json(self.body, strict=True)
        except ValidationError as error:
            raise invalid(error) from error

    def moment(self, name: str) -> datetime | None:
        written = self.request.query_params.get(name)
        if written is None:
            return None
        if not _RFC3339.fullmatch(written):
            raise Refused(422, "invalid_request", f"{name}: not a date-time with zone")
        try:
            return _MOMENT.validate_python(written)
        except ValidationError as error:
            raise Refused(422, "invalid_request", f"{name}: no such moment") from error

    def limit(self) -> int:
        return whole_number(self.request, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX)

    def position(self, stream: str) -> int:
        """Where a cursor of this stream points to; "" is the start."""
        cursor = self.request.query_params.get("cursor", "")
        found = re.fullmatch(rf"{stream}([0-9a-f]{{1,12}})", cursor, re.ASCII)
        if cursor and not found:
            raise Refused(422, "bad_cursor", "this cursor was never handed out: start again without one")
        return int(found[1], 16) if found else 0


Handler = Callable[[Call], Awaitable[Response]]


def signed(
    platform: Platform, gate: Gatekeeper, handler: Handler, capability: str = ""
) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint around a handler: nothing is looked at before the signature is. 404 while `capability` is off."""

    async def endpoint(request: Request) -> Response:
        body = await read_body(request)
        fault = getattr(request.state, "fault", NO_FAULT)
        skew = fault.seconds if fault.name == "clock_skew" else 0.0
        now = platform.now() + timedelta(seconds=skew)
        shop = gate.admit(request, body, now)
        if capability in platform.withheld:
            raise Refused(404, "not_offered", "this server does not offer this: see capabilities in /v1/meta")
        if request.method == "POST":
            require_json(request)
        return await handler(Call(request, shop, body, now, fault))

    return endpoint


async def read_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise Refused(413, "too_large", f"a body has at most {BODY_MAX} bytes")
    return bytes(body)


def require_json(request: Request) -> None:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "not_json", "the body must be application/json")


def whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    written = request.query_params.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,12}", written, re.ASCII) or not least <= int(written) <= most:
        raise Refused(422, "invalid_request", f"{name}: a whole number from {least} to {most}")
    return int(written)


def json_answer(data: object, status: int = 200) -> Response:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json")


def listing(call: Call, name: str, stream: str, fetch: Fetch, **more_fields: list[str]) -> Response:
    """One page of a list. Page faults stay within what a careless platform might do: items are never lost."""
    position, limit, fault = call.position(stream), call.limit(), call.fault
    half = max(1, limit // 2)
    items, following, more = fetch(position, half if fault.is_one_of("half_page", "repeated_page") else limit)
    if fault.name == "repeated_page":
        items = [*(fetch(max(0, position - half), half)[0] if position else items), *items]
    elif fault.name == "reordered_page":
        items = shuffled(items, fault)
    elif fault.name == "cursor_loop":
        following, more = position, True
    added = {key: value for key, value in more_fields.items() if value}
    return json_answer({name: items, "next_cursor": f"{stream}{following:x}", "has_more": more, **added})


def shuffled(items: Sequence[Any], fault: Fault) -> list[Any]:
    """In another order, if there is more than one."""
    return Random(fault.draw).sample(items, len(items))  # noqa: S311 - repeatable on purpose
