"""Who is at the other end: version, issuer, entity, clock and keys, before anything of it is trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import RootModel, ValidationError

from campaign_app.domain.customer import Account, looks_like_uscc
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, ConnectionReport
from campaign_app.platforms.contract import CAPABILITIES
from campaign_app.platforms.local import on_this_machine
from campaign_app.transport import wire
from campaign_app.transport.errors import ContractBroken, translated
from campaign_app.transport.listing import plain_text
from campaign_app.transport.receipts import ReceiptRefused, ReceiptVerifier
from campaign_app.transport.session import SignedSession
from campaign_app.transport.wire import CREATED_WINDOW_SECONDS, Meta

META: Final = "/v1/meta"
JWKS: Final = "/.well-known/jwks.json"
_VERSION: Final = re.compile(r"1\.[0-9]{1,4}", re.ASCII)
_ANY_VERSION: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4}){0,2}", re.ASCII)
_PUBLIC: Final = ("alg", "crv", "kid", "kty", "use", "x")
# ours → as `GET /v1/meta` says it
_OFFERED: Final[Mapping[str, str]] = {
    "customers": "customers",
    "consent_lookup": "consents_lookup",
    "consent_changes": "consents_changes",
    "opt_out_write": "opt_outs",
    "signatures": "signatures",
    "messages": "messages",
}


class Offers(wire.Wire):
    """What of `Meta` a client needs to know before it asks for anything else."""

    capabilities: wire.Capabilities


class AnyObject(RootModel[dict[str, Any]]):
    """A JSON object of which nothing is known yet."""


@dataclass(frozen=True, slots=True)
class _Seen:
    meta: Meta
    skew: float
    keys: str


def check_connection(account: Account, http: SignedSession, clock: Clock) -> ConnectionReport:
    """What the server says of itself and what speaks against it. Raises RemoteError where it does not answer."""
    try:
        before = clock()
        said = http.get(META, {}, AnyObject).root
    except RemoteRefused as refused:
        if refused.code != "clock_skew":
            raise
        return _failed("clock_skew", skew=float(refused.facts.get("skew_seconds", 0)))
    version = plain_text(said.get("api_version"), 20)
    if not _VERSION.fullmatch(version):
        return _failed("schema_drift", version=version if _ANY_VERSION.fullmatch(version) else "")
    with translated(f"GET {META}"):
        meta = Meta.model_validate(said)
    skew = (meta.server_time - (before + (clock() - before) / 2)).total_seconds()
    keys = public_keys(http.get(JWKS, {}, AnyObject, signed=False).root)
    return _report(account, _Seen(meta, skew, keys))


def public_keys(jwks: Mapping[str, Any]) -> str:
    """The public Ed25519 keys of a JWKS, in one canonical form. Raises RemoteRefused if it holds none."""
    with translated(f"GET {JWKS}"):
        try:
            found = jwks.get("keys")
            rows = [key for key in found if _is_ed25519(key)] if isinstance(found, list) else []
            kids = [key["kid"] for key in rows]
            text = _canonical([{name: key[name] for name in _PUBLIC if name in key} for key in rows])
            ReceiptVerifier(text)
        except (ReceiptRefused, ValidationError):
            raise ContractBroken from None
        if len(set(kids)) != len(kids):
            raise ContractBroken
    return text


def _is_ed25519(key: object) -> bool:
    right = isinstance(key, dict) and (key.get("kty"), key.get("crv")) == ("OKP", "Ed25519")
    return right and isinstance(key, dict) and isinstance(key.get("kid"), str) and isinstance(key.get("x"), str)


def _canonical(keys: Sequence[Mapping[str, Any]]) -> str:
    ordered = sorted(keys, key=lambda key: str(key["kid"]))
    return json.dumps({"keys": ordered}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def after_rotation(pinned: str, now: str) -> str:
    """What to pin: the keys of now. Those that are gone are kept as `retired`: they prove what they signed, no more."""
    old, new = json.loads(pinned), json.loads(now)
    there = {key["kid"] for key in new["keys"]}
    gone = {key["kid"]: key for key in (*old.get("retired", ()), *old["keys"]) if key["kid"] not in there}
    text: dict[str, Any] = {"keys": new["keys"]}
    if gone:
        text["retired"] = [gone[kid] for kid in sorted(gone)]
    return json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def offered(capabilities: wire.Capabilities) -> Capabilities:
    """The contract's capabilities, without those that this server does not offer."""
    there = {ours: getattr(capabilities, theirs) for ours, theirs in _OFFERED.items()}
    return replace(CAPABILITIES, **there, phones=there["customers"])


def _report(account: Account, seen: _Seen) -> ConnectionReport:
    meta = seen.meta
    problem = _problem(account, seen)
    return ConnectionReport(
        ok=not problem,
        issuer_uscc=meta.issuer.uscc,
        issuer_name=plain_text(meta.issuer.name, 200),
        api_version=meta.api_version,
        simulated=meta.simulated,
        clock_skew_seconds=seen.skew,
        pinned_keys=seen.keys,
        problem=problem,
        entity_uscc=meta.entity_uscc,
        entity_name=plain_text(meta.entity_name, 200),
        shop=plain_text(meta.shop, 200),
        missing=tuple(name for name, theirs in _OFFERED.items() if not getattr(meta.capabilities, theirs)),
    )


def _failed(problem: str, *, version: str = "", skew: float = 0.0) -> ConnectionReport:
    return ConnectionReport(
        ok=False, issuer_uscc="", issuer_name="", api_version=version, simulated=False,
        clock_skew_seconds=skew, pinned_keys="", problem=problem,
    )  # fmt: skip


def _problem(account: Account, seen: _Seen) -> str:
    """The first thing that speaks against the connection, or "". What the account does not say yet is not compared."""
    meta, issuer = seen.meta, seen.meta.issuer.uscc
    connected = bool(account.pinned_keys)
    found = (
        ("bad_issuer", not looks_like_uscc(issuer)),
        ("bad_entity", not looks_like_uscc(meta.entity_uscc)),
        ("self_issued", issuer in (meta.entity_uscc, account.entity_uscc)),
        ("other_entity", account.entity_uscc not in ("", meta.entity_uscc)),
        ("other_issuer", account.issuer_uscc not in ("", issuer)),
        ("other_issuer", connected and account.issuer_name != plain_text(meta.issuer.name, 200)),
        ("local_not_simulated", on_this_machine(account.base_url) and not meta.simulated),
        ("simulation", connected and account.simulated is not meta.simulated),
        ("clock_skew", abs(seen.skew) > CREATED_WINDOW_SECONDS),
        ("no_lookup", not meta.capabilities.consents_lookup),
        ("keys_changed", connected and not _overlap(account.pinned_keys, seen.keys)),
    )
    return next((problem for problem, holds in found if holds), "")


def _overlap(pinned: str, now: str) -> bool:
    """Keys are rotated by an overlap: one pinned key at least is still there, and no name has got another key."""
    was = json.loads(pinned)
    old, retired = ({key["kid"]: key["x"] for key in was.get(name, ())} for name in ["keys", "retired"])
    new = {key["kid"]: key["x"] for key in json.loads(now)["keys"]}
    known = retired | old
    same = all(known[kid] == new[kid] for kid in known.keys() & new.keys())
    return same and not old.keys().isdisjoint(new)
