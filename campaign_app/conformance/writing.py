"""What changes something: only with --write, and only about the reference that was named for it."""

from __future__ import annotations

import secrets
from typing import Any, Final

from campaign_app.conformance.asking import Asking, whole
from campaign_app.conformance.checking import WRITES, Checks, Failed, expect
from campaign_app.conformance.looking import page
from campaign_app.conformance.probe import Seen
from campaign_app.transport.receipts import utc_text
from campaign_app.transport.wire import MESSAGES_MAX

WRITING: Final = Checks()
OPT_OUTS: Final = "/v1/opt-outs"
MESSAGES: Final = "/v1/messages"
TEXT: Final = "【接口自检】本条为接口一致性自检，拒收请回复R"


def _opt_out(asking: Asking, ref: str) -> bool:
    body = {"items": [{"ref": ref, "reason": "conformance", "occurred_at": utc_text(asking.probe.now())}]}
    results = whole(asking.probe.ask("POST", OPT_OUTS, body)).get("results", ())
    found = [row for row in results if row.get("ref") == ref]
    expect(len(found) == 1, f"{len(found)} results for one reference")
    return found[0].get("recorded") is True


@WRITING.check("optout.recorded", WRITES)
def recorded(asking: Asking) -> str:
    asking.offers("opt_outs")
    both = [_opt_out(asking, asking.test_ref) for _ in range(2)]
    expect(all(both), "recorded is not true")
    return "recorded, and recorded again"


@WRITING.check("optout.shown", WRITES)
def shown(asking: Asking) -> str:
    asking.offers("opt_outs")
    leaf = page(asking, [asking.test_ref]).leaf_of(asking.test_ref)
    expect(leaf.get("status") == "withdrawn", f"status {str(leaf.get('status'))[:30]!r}")
    expect(leaf.get("withdrawn_at"), "no withdrawn_at")
    return "withdrawn"


@WRITING.check("optout.listed", WRITES)
def listed(asking: Asking) -> str:
    asking.offers("opt_outs")
    asking.offers("consents_changes")
    cursor = ""
    for _ in range(1_000):
        found = whole(asking.probe.ask("GET", f"/v1/consents/changes?limit=1000&cursor={cursor}"))
        if any(row.get("ref") == asking.test_ref for row in found["changes"]):
            return "in the list of changes"
        cursor = found["next_cursor"]
        if not found["has_more"]:
            break
    raise Failed("the reference is not in the list of changes")


@WRITING.check("optout.stranger", WRITES)
def stranger(asking: Asking) -> str:
    asking.offers("opt_outs")
    expect(not _opt_out(asking, asking.stranger), "an opt-out of nobody was recorded")
    return "recorded: false"


def _submit(asking: Asking, key: str, messages: list[dict[str, str]]) -> Seen:
    headers = {"Idempotency-Key": key} if key else {}
    return asking.probe.ask("POST", MESSAGES, {"purpose": "retail", "messages": messages}, headers=headers)


def _message(ref: str) -> dict[str, str]:
    return {"message_id": f"conformance-{secrets.token_hex(8)}", "ref": ref, "text": TEXT}


@WRITING.check("message.once", WRITES)
def once(asking: Asking) -> str:
    """One message to the test reference, handed over twice."""
    asking.offers("messages")
    key, message = f"conformance-{secrets.token_hex(8)}", _message(asking.test_ref)
    first, again = (whole(_submit(asking, key, [message])) for _ in range(2))
    expect(_outcomes(first) == _outcomes(again), "the same key and body got another answer")
    expect(set(_outcomes(first)) == {message["message_id"]}, "not one outcome for each message")
    expect(set(_outcomes(first).values()) <= {"accepted", "rejected"}, "an outcome that is no word of version 1")
    other = _submit(asking, key, [_message(asking.test_ref)])
    asking.refused("message.once", other, 422, code="idempotency_mismatch")
    told = whole(asking.probe.ask("GET", f"{MESSAGES}/outcomes/{key}"))
    expect(_outcomes(told) == _outcomes(first), "the key's outcomes are others than those of the submission")
    return f"{', '.join(_outcomes(first).values())}; the key again: the same answer; another body: {other.said()}"


def _outcomes(answer: Any) -> dict[str, str]:
    rows = answer.get("outcomes", ()) if isinstance(answer, dict) else ()
    return {str(row.get("message_id")): str(row.get("status")) for row in rows if isinstance(row, dict)}


@WRITING.check("message.unknown_key", WRITES)
def unknown_key(asking: Asking) -> str:
    asking.offers("messages")
    answer = asking.probe.ask("GET", f"{MESSAGES}/outcomes/conformance-{secrets.token_hex(8)}")
    return asking.refused("message.unknown_key", answer, 404, code="unknown_key_outcome")


@WRITING.check("message.no_key", WRITES)
def no_key(asking: Asking) -> str:
    """To nobody, in case it is taken all the same."""
    asking.offers("messages")
    return asking.refused("message.no_key", _submit(asking, "", [_message(asking.stranger)]), 400, 422)


@WRITING.check("message.too_many", WRITES)
def too_many(asking: Asking) -> str:
    """To nobody, in case they are taken all the same."""
    asking.offers("messages")
    many = [_message(asking.stranger) for _ in range(MESSAGES_MAX + 1)]
    key = f"conformance-{secrets.token_hex(8)}"
    return asking.refused("message.too_many", _submit(asking, key, many), 400, 413, 422)
