"""The endpoints that take something: look-ups, opt-outs and messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

from starlette.responses import Response

from campaign_app.sandbox.answers import Asked, lookup_page
from campaign_app.sandbox.calls import Call, json_answer, shuffled
from campaign_app.sandbox.config import Shop
from campaign_app.sandbox.faults import Fault
from campaign_app.sandbox.platform import Outcome, Platform
from campaign_app.sandbox.problems import Refused
from campaign_app.sandbox.truth import Truth
from campaign_app.transport.wire import LookupRequest, MessagesRequest, OptOutsRequest, TrialRequest, Wire

UNKNOWN_WORD: Final = "granted_v2"
_KEY: Final = re.compile(r"[A-Za-z0-9._~:-]{1,255}", re.ASCII)


class Consents:
    """Look-ups with their receipts, and opt-outs. There is no way to write an opt-in."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def lookup(self, call: Call) -> Response:
        asked = call.parse(LookupRequest)
        refs = self._spoilt_refs(call.shop, list(dict.fromkeys(asked.refs)), call.fault)
        truths = _spoilt_truths(self._platform.truth_of(call.shop, refs), call.fault)
        keys = self._platform.receipt_keys
        key = keys.rogue() if call.fault.name == "bad_receipt" else keys.signer()
        page = lookup_page(Asked(asked.nonce, f"q{uuid4().hex}", call.now, key, keys.signing), refs, truths)
        return Response(page, media_type="application/json")

    async def opt_outs(self, call: Call) -> Response:
        items = call.parse(OptOutsRequest).items
        results = [{"ref": item.ref, "recorded": self._platform.opt_out(call.shop, item)} for item in items]
        return json_answer({"results": results})

    def _spoilt_refs(self, shop: Shop, refs: list[str], fault: Fault) -> list[str]:
        if fault.name == "extra_ref":
            (stranger,) = self._platform.population.refs(shop, [fault.draw % max(shop.size, 1)])
            return [*refs, stranger if stranger not in refs else f"{stranger}x"]
        if fault.name == "repeated_page":
            return [*refs, refs[fault.draw % len(refs)]]
        return _spoilt(refs, fault)


class _Flag(Wire):
    test: bool = False


class _Rows(Wire):
    messages: list[dict[str, Any]]


class Messages:
    """Batches under idempotency keys."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._stored: dict[tuple[str, str], _Stored] = {}

    async def send(self, call: Call) -> Response:
        key = _idempotency_key(call)
        request = self._asked(call)
        _require_unique([message.message_id for message in request.messages])
        digest = sha256(call.body).digest()
        stored = self._stored.get((call.shop.code, key))
        if stored is None:
            stored = self._stored[call.shop.code, key] = _Stored(digest, f"m{uuid4().hex}")
            if call.fault.name == "slow_accept":
                await asyncio.sleep(call.fault.seconds)
            stored.outcomes = self._carried_out(call.shop, key, request)
        elif stored.digest != digest:
            raise Refused(422, "idempotency_mismatch", "this key came with another body before")
        return _answer(stored, call.fault)

    def _asked(self, call: Call) -> MessagesRequest | TrialRequest:
        """A number goes with a test, a ref with anything else, and neither with the other."""
        test = call.parse(_Flag).test
        if any(("ref" if test else "phone") in row for row in call.parse(_Rows).messages):
            raise Refused(422, "invalid_request", "a test message has a number, any other one a ref")
        if not test:
            return call.parse(MessagesRequest)
        if "test_messages" in self._platform.withheld:
            raise Refused(422, "no_test_messages", "this server takes no test messages: see capabilities in /v1/meta")
        return call.parse(TrialRequest)

    def _carried_out(self, shop: Shop, key: str, request: MessagesRequest | TrialRequest) -> list[Outcome]:
        if isinstance(request, TrialRequest):
            return [self._platform.accept_trial(shop, key, request.messages[0])]
        return self._platform.accept(shop, key, request)

    async def outcomes(self, call: Call) -> Response:
        stored = self._stored.get((call.shop.code, call.request.path_params["key"]))
        if stored is None:
            raise Refused(404, "unknown_key_outcome", "no submission was accepted under this key")
        return _answer(stored, call.fault)

    def forget_keys(self) -> int:
        """As the contract allows after seven days; returns how many there were."""
        forgotten = len(self._stored)
        self._stored.clear()
        return forgotten


@dataclass(slots=True)
class _Stored:
    """A submission; `outcomes` is None while it is still being carried out."""

    digest: bytes
    request_id: str
    outcomes: list[Outcome] | None = None


def _answer(stored: _Stored, fault: Fault) -> Response:
    if stored.outcomes is None:
        raise Refused(409, "in_progress", "the same key is still being processed", retry_after=1)
    outcomes = [outcome._asdict() for outcome in stored.outcomes]
    return json_answer({"request_id": stored.request_id, "outcomes": _spoilt_outcomes(outcomes, fault)})


def _idempotency_key(call: Call) -> str:
    key = call.request.headers.get("idempotency-key", "")
    if not _KEY.fullmatch(key):
        raise Refused(422, "bad_idempotency_key", "Idempotency-Key: 1 to 255 of A-Z a-z 0-9 . _ ~ : -")
    return key


def _require_unique(message_ids: Sequence[str]) -> None:
    if len(set(message_ids)) != len(message_ids):
        raise Refused(422, "duplicate_message_id", "a message id occurs twice in this batch")


def _spoilt(items: list[Any], fault: Fault) -> list[Any]:
    if fault.name == "half_page":
        return items[: len(items) // 2]
    if fault.name == "reordered_page":
        return shuffled(items, fault)
    if fault.name == "missing_ref":
        gone = fault.draw % len(items)
        return items[:gone] + items[gone + 1 :]
    return items


def _spoilt_truths(truths: list[Truth], fault: Fault) -> list[Truth]:
    """About one answer in ten has a word that nobody knows, and at least one has."""
    if fault.name != "unknown_word":
        return truths
    return [replace(t, status=UNKNOWN_WORD) if at % 10 == 0 else t for at, t in enumerate(truths)]


def _spoilt_outcomes(outcomes: list[dict[str, str]], fault: Fault) -> list[dict[str, str]]:
    if fault.name == "extra_ref":
        return [*outcomes, {"message_id": "nobody-asked", "status": "accepted", "provider_id": "p0", "code": ""}]
    if fault.name == "unknown_word":
        return [{**o, "status": UNKNOWN_WORD} if at % 10 == 0 else o for at, o in enumerate(outcomes)]
    return _spoilt(outcomes, fault)
