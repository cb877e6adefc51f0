"""What only a sandbox has, unsigned and for the same machine only: the ledger, and ways to change the world."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from campaign_app.sandbox.calls import json_answer, read_body, whole_number
from campaign_app.sandbox.config import ENTITY, Shop
from campaign_app.sandbox.faults import NAMES, FaultPlan, FaultsRefused, Rule, parse_faults
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.problems import Refused, invalid
from campaign_app.sandbox.truth import Truth

M = TypeVar("M", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TruthOrder(_Order):
    """What is true of one customer from now on. Without `obtained_at` a consent was given just now."""

    shop: str
    ref: str
    status: str
    method: str = "explicit_toggle"
    channel: str = "sms"
    purposes: list[str] = ["retail"]
    entity_uscc: str = ENTITY.uscc
    obtained_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    withdrawn_at: AwareDatetime | None = None
    max_per_month: int | None = None


class RuleOrder(_Order):
    fault: str
    path: str = "*"
    times: int = Field(1, ge=1)
    after: int = Field(0, ge=0)
    seconds: float | None = Field(None, ge=0, le=3_600)


class FaultsOrder(_Order):
    """`profile` (a name or name=rate,…) replaces the rates; `next` adds rules; `clear` forgets earlier rules."""

    profile: str | None = None
    next: list[RuleOrder] = []
    clear: bool = False


class ClockOrder(_Order):
    seconds: float = Field(ge=-10_000_000, le=10_000_000)


class InboundOrder(_Order):
    shop: str
    ref: str
    text: str


class ComplaintOrder(_Order):
    shop: str
    ref: str
    provider_id: str = ""


class Admin:
    def __init__(self, platform: Platform, plan: FaultPlan, forget_keys: Callable[[], int]) -> None:
        self._platform = platform
        self._plan = plan
        self._forget_keys = forget_keys

    def routes(self) -> list[Route]:
        return [
            Route("/ledger", local(self.ledger), methods=["GET"]),
            Route("/ledger/rows", local(self.rows), methods=["GET"]),
            Route("/sandbox/health", local(self.health), methods=["GET"]),
            Route("/sandbox/faults", local(self.show_faults), methods=["GET"]),
            Route("/sandbox/faults", local(self.set_faults), methods=["POST"]),
            Route("/sandbox/consents", local(self.set_consent), methods=["POST"]),
            Route("/sandbox/inbound", local(self.add_inbound), methods=["POST"]),
            Route("/sandbox/complaints", local(self.add_complaint), methods=["POST"]),
            Route("/sandbox/clock", local(self.set_clock), methods=["POST"]),
            Route("/sandbox/keys", local(self.forget_keys), methods=["DELETE"]),
        ]

    async def ledger(self, _request: Request) -> Response:
        return json_answer(self._platform.ledger.summary())

    async def rows(self, request: Request) -> Response:
        after = whole_number(request, "after", 0, 0, 10**12)
        limit = whole_number(request, "limit", 1_000, 1, 10_000)
        return json_answer(self._platform.ledger.page(after, limit))

    async def health(self, _request: Request) -> Response:
        return json_answer({"ok": True, "simulated": True, "customers": self._platform.config.customers})

    async def show_faults(self, _request: Request) -> Response:
        return json_answer(self._plan.as_json())

    async def set_faults(self, request: Request) -> Response:
        order = await order_of(request, FaultsOrder)
        if unknown := [rule.fault for rule in order.next if rule.fault not in NAMES]:
            raise Refused(422, "bad_faults", f"unknown fault {unknown[0]!r}")
        if order.profile is not None:
            try:
                self._plan.rates = parse_faults(order.profile)
            except FaultsRefused as error:
                raise Refused(422, "bad_faults", str(error)) from error
        if order.clear:
            self._plan.forget_rules()
        for rule in order.next:
            self._plan.order(Rule(**rule.model_dump()))
        return json_answer(self._plan.as_json())

    async def set_consent(self, request: Request) -> Response:
        order = await order_of(request, TruthOrder)
        shop, index = self._customer(order.shop, order.ref)
        given = order.obtained_at or (self._platform.now() if order.status == "confirmed" else None)
        truth = Truth(
            status=order.status,
            method=order.method,
            channel=order.channel,
            purposes=tuple(order.purposes),
            entity=order.entity_uscc,
            obtained_at=_seconds(given),
            expires_at=_seconds(order.expires_at),
            withdrawn_at=_seconds(order.withdrawn_at),
            max_per_month=order.max_per_month,
        )
        self._platform.change(shop, index, truth)
        return json_answer({"changed": True})

    async def add_inbound(self, request: Request) -> Response:
        order = await order_of(request, InboundOrder)
        self._platform.reply(*self._customer(order.shop, order.ref), order.text)
        return json_answer({"added": True})

    async def add_complaint(self, request: Request) -> Response:
        order = await order_of(request, ComplaintOrder)
        self._platform.complain(*self._customer(order.shop, order.ref), order.provider_id)
        return json_answer({"added": True})

    async def set_clock(self, request: Request) -> Response:
        self._platform.skew = (await order_of(request, ClockOrder)).seconds
        return json_answer({"skew": self._platform.skew})

    async def forget_keys(self, _request: Request) -> Response:
        return json_answer({"forgotten": self._forget_keys()})

    def _customer(self, code: str, ref: str) -> tuple[Shop, int]:
        for shop in self._platform.config.shops:
            index = self._platform.population.index_of(shop, ref) if shop.code == code else None
            if index is not None:
                return shop, index
        raise Refused(404, "unknown_customer", "no such shop, or not a customer of it")


def local(endpoint: Endpoint) -> Endpoint:
    """Nobody on another machine may ask, even where the server was bound to more than loopback."""

    async def guarded(request: Request) -> Response:
        if request.client is None or not ip_address(request.client.host).is_loopback:
            raise Refused(403, "not_local", "only from the machine that the sandbox runs on")
        return await endpoint(request)

    return guarded


async def order_of(request: Request, model: type[M]) -> M:
    try:
        return model.model_validate_json(await read_body(request))
    except ValidationError as error:
        raise invalid(error) from error


def _seconds(at: AwareDatetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
