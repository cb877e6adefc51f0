"""A shop at SHOPLINE and the consent service that is set on it: two scripted servers that misbehave at random.

What is true is held here, on either side; every change of it stands in the list of changes of its side.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Account
from campaign_app.platforms.adapter import Parts
from campaign_app.platforms.consent_api import LOOKUP, OPT_OUTS
from campaign_app.platforms.endorsed import EndorsedPlatform
from campaign_app.platforms.shopline.client import shopline_of
from tests.helpers.registry import ACCOUNT, ENTITY, NOW, Registry
from tests.helpers.replay import Replay, Reply
from tests.helpers.replayed import platform

SHOP = Account(
    ACCOUNT.id, "shopline", "店", "http://127.0.0.1:9", ENTITY, "shopline.com", "SHOPLINE", "anning", simulated=True,
    pinned_keys="",
)  # fmt: skip
SAID = ("confirmed", "declined", "withdrawn", "pending", "no_record")
STATES = ("SUBSCRIBED", "UNSUBSCRIBED", "NOT_SUBSCRIBED", "PENDING", None)
PAGE = 3
TROUBLES: tuple[Any, ...] = (
    *(None,) * 9,
    *("half", "half", "reordered", "repeated", "truncated", "circle", "word", "errors"),
    Reply(429, headers={"Retry-After": "1"}),
    Reply(503, headers={"Retry-After": "1"}),
    500,
    requests.ReadTimeout(),
    requests.exceptions.ChunkedEncodingError(),
)


@dataclass
class TwoSides:
    """Ref → what the service says, ref → what the shop's platform says; `calm` ends all trouble."""

    chance: random.Random
    said: dict[str, str]
    states: dict[str, str | None]
    changes: list[str] = field(default_factory=list)
    updated: dict[str, int] = field(default_factory=dict)  # seconds after NOW
    calm: bool = False

    def client(self) -> EndorsedPlatform:
        parts = Parts(SHOP, {"access_token": "t"}, lambda: NOW, lambda _: None)
        native = shopline_of(parts, adapter=Replay(forever=self.shopline))
        endpoint = platform(Replay(forever=self.service), replace(ACCOUNT, id=SHOP.id))
        return EndorsedPlatform(native, endpoint, lambda: NOW, (True, True))

    def truth(self, ref: str) -> ConsentStatus:
        """The oracle: who left on either side has left, and only the service confirms."""
        said, state = ConsentStatus(self.said[ref]), self.states[ref]
        if state == "UNSUBSCRIBED":
            return ConsentStatus.WITHDRAWN
        return ConsentStatus.PENDING if said is ConsentStatus.CONFIRMED and state == "PENDING" else said

    def say(self, ref: str, status: str) -> None:
        self.said[ref] = status
        self.changes.append(ref)

    def become(self, ref: str, state: str | None) -> None:
        self.states[ref] = state
        self.updated[ref] = max(self.updated.values(), default=0) + 1

    def _trouble(self) -> Any:
        return None if self.calm else self.chance.choice(TROUBLES)

    # --- the consent service ---

    def service(self, request: requests.PreparedRequest) -> Any:
        parts = urlsplit(str(request.url))
        trouble = self._trouble()
        if parts.path == "/v1/meta":
            names = ("customers", "consents_lookup", "consents_changes", "opt_outs", "signatures", "messages")
            return {"capabilities": dict.fromkeys(names, True)}
        if isinstance(trouble, (Reply, Exception, int)):
            return trouble
        if parts.path == OPT_OUTS:
            (item,) = json.loads(request.body or b"")["items"]
            self.say(item["ref"], "withdrawn")
            return {"results": [{"ref": item["ref"], "recorded": True}]}
        if parts.path == LOOKUP:
            page = Registry({ref: {"status": status} for ref, status in self.said.items()})(request)
            page["answers"] = self._spoilt(page["answers"], trouble)
        else:
            page = self._changes(int(parse_qs(parts.query).get("cursor", ["0"])[0] or 0), trouble)
        return Reply(body=json.dumps(page).encode()[:-9]) if trouble == "truncated" else page

    def _changes(self, at: int, trouble: Any) -> dict[str, Any]:
        end = at if trouble == "circle" else at + (1 if trouble == "half" else PAGE)
        rows = [{"ref": ref, "changed_at": "2026-11-01T00:00:00Z"} for ref in self.changes[at:end]]
        more = trouble == "circle" or end < len(self.changes)
        return {"changes": rows, "next_cursor": str(min(end, len(self.changes))), "has_more": more}

    def _spoilt(self, rows: list[Any], trouble: Any) -> list[Any]:
        if trouble == "half":
            return rows[: len(rows) // 2]
        if trouble == "reordered":
            return self.chance.sample(rows, len(rows))
        return rows + rows[:1] if trouble == "repeated" else rows

    # --- SHOPLINE ---

    def shopline(self, request: requests.PreparedRequest) -> Any:
        trouble = self._trouble()
        if isinstance(trouble, (Reply, Exception, int)):
            return trouble
        asked = json.loads(request.body or b"")
        query, variables = asked["query"], asked["variables"]
        if query.startswith("mutation"):
            data = self._opt_out(variables["input"])
        elif query.startswith("query Consents"):
            nodes = [self._node(gid.rpartition("/")[2], trouble) for gid in variables["ids"]]
            data = {"nodes": self._spoilt(nodes, trouble)}
        else:
            data = {"customers": self._customers(variables, trouble)}
        errors = {"errors": [{"message": "x", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
        answer = {"data": data, **(errors if trouble == "errors" else {})}
        return Reply(body=json.dumps(answer).encode()[:-9]) if trouble == "truncated" else answer

    def _opt_out(self, given: dict[str, Any]) -> dict[str, Any]:
        ref = given["customerId"].rpartition("/")[2]
        self.become(ref, given["smsMarketingConsent"]["marketingState"])
        return {"customerSmsMarketingConsentUpdate": {"customer": self._node(ref, None), "userErrors": []}}

    def _node(self, ref: str, trouble: Any) -> dict[str, Any]:
        state = "SUBSCRIBED_V2" if trouble == "word" else self.states[ref]
        consent = {"marketingState": state, "consentUpdatedAt": "2026-05-01T00:00:00Z", "consentCollectedFrom": None}
        return {
            "id": f"gid://shopline/Customer/{ref}",
            "updatedAt": (NOW + timedelta(seconds=self.updated.get(ref, -86_400))).isoformat(),
            "smsMarketingConsent": None if state is None else consent,
        }

    def _customers(self, variables: dict[str, Any], trouble: Any) -> dict[str, Any]:
        since = (variables["query"] or "").removeprefix("updated_at:>='").rstrip("'")
        nodes = sorted((self._node(ref, None) for ref in self.states), key=lambda node: (node["updatedAt"], node["id"]))
        rows = [node for node in nodes if node["updatedAt"] >= since.replace("Z", "+00:00")]
        after = variables["after"] or ""
        left = [node for node in rows if f"{node['updatedAt']}#{node['id']}" > after]
        page = left[: 1 if trouble == "half" else PAGE]
        end = f"{page[-1]['updatedAt']}#{page[-1]['id']}" if page else None
        if trouble == "circle" and after:
            end = after
        more = len(page) < len(left) or (trouble == "circle" and bool(after))
        shown = page if trouble == "half" else self._spoilt(page, trouble)
        return {"nodes": shown, "pageInfo": {"hasNextPage": more, "endCursor": end}}
