"""The application and the process that serves it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from campaign_app.sandbox.admin import Admin
from campaign_app.sandbox.auth import Gatekeeper
from campaign_app.sandbox.calls import Handler, json_answer, signed
from campaign_app.sandbox.config import ENTITY, ISSUER, SandboxConfig, simulated_key
from campaign_app.sandbox.connection import CuttableProtocol, FaultyConnection
from campaign_app.sandbox.faults import FaultPlan, parse_faults
from campaign_app.sandbox.platform import Platform
from campaign_app.sandbox.problems import Refused, on_bug, on_http_error, on_refused
from campaign_app.sandbox.reading import Reading
from campaign_app.sandbox.vendors import vendor_credentials, vendor_routes
from campaign_app.sandbox.writing import Consents, Messages
from campaign_app.transport.receipts import b64u

KEEP_ALIVE_SECONDS: Final = 75


def create_app(config: SandboxConfig) -> Starlette:
    """The ASGI application. Faults of the connection need it to be served by `serve`."""
    platform = Platform(config)
    plan = FaultPlan(parse_faults(config.faults), config.seed)
    messages = Messages(platform)
    app = Starlette(
        routes=[
            *_contract(platform, messages),
            *vendor_routes(platform),
            *Admin(platform, plan, messages.forget_keys).routes(),
        ],
        exception_handlers={Refused: on_refused, HTTPException: on_http_error, Exception: on_bug},
    )
    app.add_middleware(FaultyConnection, plan=plan, clock=platform.now)
    return app


def _contract(platform: Platform, messages: Messages) -> list[Route]:
    reading, consents = Reading(platform), Consents(platform)
    gate = Gatekeeper(platform.config)

    def route(method: str, path: str, handler: Handler, capability: str = "") -> Route:
        return Route(path, signed(platform, gate, handler, capability), methods=[method])

    return [
        Route("/.well-known/jwks.json", _jwks(platform), methods=["GET"]),
        route("GET", "/v1/meta", reading.meta),
        route("GET", "/v1/customers", reading.customers, "customers"),
        route("POST", "/v1/consents/lookup", consents.lookup, "consents_lookup"),
        route("GET", "/v1/consents/changes", reading.changes, "consents_changes"),
        route("POST", "/v1/opt-outs", consents.opt_outs, "opt_outs"),
        route("GET", "/v1/signatures", reading.signatures, "signatures"),
        route("POST", "/v1/messages", messages.send, "messages"),
        route("GET", "/v1/messages/outcomes/{key}", messages.outcomes, "messages"),
        route("GET", "/v1/messages/reports", reading.reports, "reports"),
        route("GET", "/v1/messages/inbound", reading.inbound, "inbound"),
        route("GET", "/v1/complaints", reading.complaints, "complaints"),
    ]


def _jwks(platform: Platform) -> Callable[[Request], Any]:
    async def endpoint(_request: Request) -> Response:
        return json_answer(platform.receipt_keys.jwks())

    return endpoint


def bound_socket(host: str, port: int) -> socket.socket:
    """Raises OSError where the address is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle off only where the protocol is named; without it every answer waits 40 ms for an ACK
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def ready_line(config: SandboxConfig, listener: socket.socket) -> str:
    """What a parent process needs to know, as one line of JSON."""
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    shops = [
        {
            "shop": shop.code,
            "name": shop.name,
            "entity": ENTITY.model_dump(),
            "key_id": shop.key_id,
            "private_key": b64u(simulated_key(config.seed, shop.key_id).private_bytes_raw()),
        }
        for shop in config.shops
    ]
    line = {
        "url": url,
        "issuer": ISSUER.model_dump(),
        "simulated": True,
        "customers": config.customers,
        "shops": shops,
        "vendors": vendor_credentials(config, url),
    }
    return json.dumps(line, ensure_ascii=False)


class _Server(uvicorn.Server):
    """Tells when it answers, which is later than when it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[Callable[[], None]], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.call_soon_threadsafe(self._leave)

        self._on_ready(stop)

    def _leave(self) -> None:
        self.should_exit = True


def serve(config: SandboxConfig, listener: socket.socket, on_ready: Callable[[Callable[[], None]], None]) -> None:
    """Serves until a signal comes or the function handed to `on_ready` is called, from whatever thread."""
    settings = uvicorn.Config(
        create_app(config),
        http=CuttableProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    _Server(settings, on_ready).run(sockets=[listener])
