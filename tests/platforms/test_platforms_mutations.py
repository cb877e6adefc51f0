"""However a valid page is changed on its way, nobody is confirmed by anything but a leaf that was signed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.platforms.answers import AnswerReader, Asked, LookupAnswers
from campaign_app.transport.proofs import proves
from campaign_app.transport.receipts import ReceiptVerifier
from tests.helpers.registry import ACCOUNT, NOW, Json, Registry

REFS = [CustomerRef(ACCOUNT.id, f"c{at}") for at in range(5)]
NONCE = "n" * 24
TRUTH: dict[str, Json] = {"c1": {"status": "declined"}, "c2": {"method": "pre_ticked"}, "c3": {"status": "granted_v2"}}
PAGE = Registry(TRUTH).page([ref.ref for ref in REFS], NONCE)
SIGNED = {answer["leaf"] for answer in PAGE["answers"]}
READER, KEYS = AnswerReader(ACCOUNT), ReceiptVerifier(ACCOUNT.pinned_keys)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=8) | st.sampled_from([r.ref for r in REFS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ref", "leaf", "index"]), inner),
    max_leaves=5,
)


@st.composite
def texts(draw: st.DrawFn, text: str) -> str:
    """The text with some characters of it replaced, inserted or taken away, or one word changed for another."""
    words = [
        ("declined", "confirmed"),
        ("c1", "c0"),
        ("pre_ticked", "paper"),
        ("granted_v2", "confirmed"),
        ("k1", "k2"),
    ]
    for old, new in draw(st.lists(st.sampled_from(words), max_size=2)):
        text = text.replace(old, new)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.text(max_size=2)) + text[at + draw(st.integers(0, 2)) :]
    return text


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """The value with something somewhere in it changed."""
    if isinstance(value, str) and draw(st.booleans()):
        return draw(texts(value))
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        name = draw(st.sampled_from(sorted(value)))
        changed = {**value, name: draw(mutated(value[name]))}
        return {k: v for k, v in changed.items() if k != name} if not draw(st.integers(0, 9)) else changed
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        return draw(reshaped(value))
    return draw(values)


@st.composite
def reshaped(draw: st.DrawFn, items: list[Any]) -> list[Any]:
    at = draw(st.integers(0, len(items) - 1))
    match draw(st.sampled_from(["change", "drop", "double", "shuffle", "cross"])):
        case "drop":
            return items[:at] + items[at + 1 :]
        case "double":
            return [*items, draw(mutated(items[at]))]
        case "shuffle":
            return draw(st.permutations(items))
        case "cross" if isinstance(items[at], dict):
            other = draw(st.sampled_from(items))
            name = draw(st.sampled_from(["ref", "leaf", "index", "path"]))
            crossed = {**items[at], name: other[name]} if isinstance(other, dict) and name in other else items[at]
            return [*items[:at], crossed, *items[at + 1 :]]
    return [*items[:at], draw(mutated(items[at])), *items[at + 1 :]]


@st.composite
def pages(draw: st.DrawFn) -> Any:
    page: Any = PAGE
    for _ in range(draw(st.integers(1, 3))):
        page = draw(mutated(page))
    return page


@settings(max_examples=600)
@given(pages())
def test_only_a_signed_leaf_confirms(page: Any) -> None:
    try:
        parsed = LookupAnswers.model_validate_json(json.dumps(page), strict=True)
    except ValidationError:
        return
    answers = READER.read(parsed, Asked(REFS, NONCE, NOW))
    assert list(answers.facts) == REFS
    kept = {receipt.receipt_id: receipt for receipt in answers.receipts}
    for ref, fact in answers.facts.items():
        if fact.evidence is None:
            assert fact.status is ConsentStatus.UNKNOWN
            assert fact.note
            continue
        assert fact.evidence.leaf in SIGNED
        assert json.loads(fact.evidence.leaf)["ref"] == ref.ref
        assert proves(kept[fact.evidence.receipt_id], fact.evidence, KEYS)
        if fact.status is ConsentStatus.CONFIRMED:
            assert ref.ref not in ("c1", "c3")


def test_the_page_as_it_was_signed_is_read_whole() -> None:
    answers = READER.read(LookupAnswers(**PAGE), Asked(REFS, NONCE, NOW))
    assert [fact.status.value for fact in answers.facts.values()] == [
        "confirmed", "declined", "confirmed", "unknown", "confirmed",
    ]  # fmt: skip
