"""Who answers: description, keys, clock."""

from __future__ import annotations

import re
from typing import Final

from pydantic import ValidationError

from campaign_app.conformance.asking import Asking, whole
from campaign_app.conformance.checking import Checks, Failed, expect
from campaign_app.transport.errors import http_date
from campaign_app.transport.receipts import ReceiptRefused, ReceiptVerifier
from campaign_app.transport.wire import CREATED_WINDOW_SECONDS, LOOKUP_MAX, MESSAGES_MAX, Meta

IDENTITY: Final = Checks()
_VERSION: Final = re.compile(r"1\.[0-9]{1,4}", re.ASCII)
_USCC: Final = re.compile(r"[0-9A-Z]{18}", re.ASCII)


@IDENTITY.check("meta.answer")
def meta_answer(asking: Asking) -> str:
    whole(asking.meta_answer)
    try:
        meta = Meta.model_validate_json(asking.meta_answer.body, strict=True)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise Failed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    expect(_VERSION.fullmatch(meta.api_version), f"api_version {meta.api_version[:20]!r}")
    expect(meta.lookup_max >= LOOKUP_MAX, f"lookup_max {meta.lookup_max}")
    expect(meta.messages_max >= MESSAGES_MAX, f"messages_max {meta.messages_max}")
    local = "; on this computer it counts as simulated whatever it says" if asking.probe.loopback else ""
    return f"api_version {meta.api_version}, simulated {str(meta.simulated).lower()}{local}"


@IDENTITY.check("meta.issuer")
def issuer(asking: Asking) -> str:
    meta = asking.meta
    for name, uscc in (("issuer.uscc", meta.issuer.uscc), ("entity_uscc", meta.entity_uscc)):
        expect(_USCC.fullmatch(uscc), f"{name} is no 18-character USCC")
    expect(meta.issuer.uscc != meta.entity_uscc, "issuer and entity are one")
    return f"{meta.issuer.uscc} answers for consents given to {meta.entity_uscc}"


@IDENTITY.check("meta.lookup")
def lookup_offered(asking: Asking) -> str:
    expect(asking.meta.capabilities.consents_lookup, "capabilities.consents_lookup = false")
    return "capabilities.consents_lookup = true"


@IDENTITY.check("meta.clock")
def clock(asking: Asking) -> str:
    before = asking.probe.now()
    answer = asking.probe.ask("GET", "/v1/meta")
    after = asking.probe.now()
    asking.need_meta()  # without a description there is no time in it
    said = Meta.model_validate_json(answer.body, strict=True).server_time
    skew = (said - (before + (after - before) / 2)).total_seconds()
    expect(abs(skew) <= CREATED_WINDOW_SECONDS, f"server_time is {skew:.0f} s off")
    dated = answer.headers.get("Date", "")
    expect(dated, "no Date header")
    at = http_date(dated)
    if at is None:
        raise Failed("a Date header that is no HTTP date")
    drift = abs((at - said).total_seconds())
    expect(drift <= CREATED_WINDOW_SECONDS, f"Date and server_time are {drift:.0f} s apart")
    return f"{skew:+.1f} s"


@IDENTITY.check("keys.published")
def keys(asking: Asking) -> str:
    jwks = whole(asking.probe.ask("GET", "/.well-known/jwks.json", signed=False))
    rows: list[dict[str, object]] = jwks.get("keys", []) if isinstance(jwks, dict) else []
    expect(rows, "no keys")
    expect(not any("d" in row for row in rows), "a private key (d) is published")
    kids = [row.get("kid") for row in rows]
    expect(len(set(kids)) == len(kids) and all(isinstance(kid, str) and kid for kid in kids), "kid missing or twice")
    try:
        ReceiptVerifier(jwks)
    except ReceiptRefused as refused:
        raise Failed(str(refused)) from None
    return f"{len(rows)} key(s)"


@IDENTITY.check("capabilities.off")
def off(asking: Asking) -> str:
    lists = {
        "customers": "/v1/customers", "consents_changes": "/v1/consents/changes", "signatures": "/v1/signatures",
        "reports": "/v1/messages/reports", "inbound": "/v1/messages/inbound", "complaints": "/v1/complaints",
    }  # fmt: skip
    absent = [path for name, path in lists.items() if not getattr(asking.meta.capabilities, name)]
    for path in absent:
        asking.refused(f"capabilities.off {path}", asking.probe.ask("GET", path), 404)
    return f"{len(absent)} of {len(lists)} lists are off and answer 404"
