"""How a server says no; asked last, for it looks at every refusal that was met before."""

from __future__ import annotations

from typing import Final

from campaign_app.conformance.asking import Asking
from campaign_app.conformance.checking import Checks, Skipped, expect
from campaign_app.conformance.probe import Seen

REFUSING: Final = Checks()
LOOKUP: Final = "/v1/consents/lookup"
PROBLEM: Final = "application/problem+json"
# addresses at which somebody might have put what the contract forbids
OPT_INS: Final = (
    ("POST", "/v1/opt-ins"),
    ("POST", "/v1/consents"),
    ("PUT", "/v1/consents"),
    ("PATCH", "/v1/consents"),
    ("DELETE", "/v1/opt-outs"),
)


@REFUSING.check("error.json")
def bad_json(asking: Asking) -> str:
    return asking.refused("error.json", asking.probe.ask("POST", LOOKUP, b'{"refs":['), 400)


@REFUSING.check("error.type")
def bad_type(asking: Asking) -> str:
    asked = asking.probe.ask("POST", LOOKUP, b"refs=1", headers={"Content-Type": "application/x-www-form-urlencoded"})
    return asking.refused("error.type", asked, 415)


@REFUSING.check("error.path")
def unknown_path(asking: Asking) -> str:
    return asking.refused("error.path", asking.probe.ask("GET", "/v1/no-such-thing"), 404)


@REFUSING.check("optin.none")
def no_opt_in(asking: Asking) -> str:
    """About somebody who does not exist, so that even a server that takes it changes nobody."""
    asking.need_meta()  # a server that refuses everything refuses nothing in particular
    for method, path in OPT_INS:
        body = {"items": [{"ref": asking.stranger, "status": "confirmed"}]}
        asking.refused(f"optin.none {path}", asking.probe.ask(method, path, body), 404, 405)
    return f"{len(OPT_INS)} addresses answer 404 or 405"


@REFUSING.check("error.problem")
def problems(asking: Asking) -> str:
    if not asking.refusals:
        raise Skipped("nothing was refused")
    for name, seen in asking.refusals.items():
        if seen.status >= 400:
            expect(seen.media_type == PROBLEM, f"{name}: Content-Type {seen.media_type or 'missing'}")
            expect(seen.code, f"{name}: no code")
            expect(_status(seen) == seen.status, f"{name}: status in the body is not that of the answer")
    return f"{len(asking.refusals)} refusals"


def _status(seen: Seen) -> object:
    found = seen.json
    return found.get("status") if isinstance(found, dict) else None


@REFUSING.check("error.throttle")
def throttling(asking: Asking) -> str:
    throttled = asking.probe.throttled
    if not throttled:
        raise Skipped("the server never said 429")
    for seen in throttled:
        expect(seen.headers.get("Retry-After", "").isdigit(), "429 without Retry-After in seconds")
        expect(seen.media_type == PROBLEM, f"429 with Content-Type {seen.media_type or 'missing'}")
    return f"429 {len(throttled)} times, with Retry-After"
