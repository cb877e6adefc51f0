"""However a valid page is changed on its way, nobody is confirmed by anything but a leaf that was signed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.platforms.answers import AnswerReader, Asked, LookupAnswers
from campaign_app.transport.receipts import ReceiptVerifier
from tests.helpers.receipts import proves
from tests.helpers.registry import ACCOUNT, NOW, Json, Registry

REFS = [CustomerRef(ACCOUNT.id, f"c{at}") for at in range(5)]
NONCE = "n" * 24
TRUTH: dict[str, Json] = {"c1": {"status": "declined"}, "c2": {"method": "pre_ticked"}, "c3": {"status": "granted_v2"}}
PAGE = Registry(TRUTH).page([ref.ref for ref in REFS], NONCE)
SIGNED = {answer["leaf"] for answer in PAGE["answers"]}
READER, KEYS = AnswerReader(ACCOUNT), ReceiptVerifier(ACCOUNT.pinned_keys)

WORDS = [("declined", "confirmed"), ("granted_v2", "confirmed"), ("pre_ticked", "paper"), ("c1", "c0"), ("c0", "c3")]

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 9) | st.text(max_size=8) | st.sampled_from([r.ref for r in REFS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["ref", "leaf", "index"]), inner),
    max_leaves=5,
)


def field_of(row: Any) -> st.SearchStrategy[Any]:
    """The row with one of its fields changed."""
    if not isinstance(row, dict) or not row:
        return values
    return st.sampled_from(sorted(row)).flatmap(
        lambda name: changed(row[name]).map(lambda new: {**row, name: new}) | st.just(without(row, name))
    )


def without(row: Json, name: str) -> Json:
    return {key: value for key, value in row.items() if key != name}


def changed(value: Any) -> st.SearchStrategy[Any]:
    """Something else in the value's place, near to it more often than far from it."""
    if isinstance(value, str):
        return reworded(value) | reworded(value) | edited(value) | values
    if isinstance(value, list) and value:
        at = st.integers(0, len(value) - 1)
        other = at.flatmap(lambda i: changed(value[i]).map(lambda new: [*value[:i], new, *value[i + 1 :]]))
        return other | at.map(lambda i: value[:i] + value[i + 1 :]) | st.permutations(value) | values
    return st.integers(-2, 6) | values


def reworded(text: str) -> st.SearchStrategy[str]:
    """What a cheat would write."""
    return st.sampled_from(WORDS).map(lambda word: text.replace(*word))


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.text(max_size=2)) + text[at + draw(st.integers(0, 2)) :]


@st.composite
def reshaped(draw: st.DrawFn, rows: list[Any]) -> list[Any]:
    """Rows dropped, doubled, moved, changed, with fields in each other's place, or hidden behind a false twin."""
    at, other = (draw(st.integers(0, len(rows) - 1)) for _ in range(2))
    row = rows[at]
    match draw(st.sampled_from(["drop", "double", "shuffle", "change", "swap", "decoy"])):
        case "drop":
            return rows[:at] + rows[at + 1 :]
        case "double":
            return [*rows, draw(field_of(row))]
        case "shuffle":
            return draw(st.permutations(rows))
        case "swap":
            return swapped(rows, at, other, draw(st.sampled_from(["ref", "leaf", "index", "path"])))
        case "decoy" if isinstance(row, dict):
            return [*rows[:at], {**row, "ref": "c9"}, *rows[at + 1 :], draw(field_of(row))]
    return [*rows[:at], draw(field_of(row)), *rows[at + 1 :]]


def swapped(rows: list[Any], at: int, other: int, name: str) -> list[Any]:
    if not all(isinstance(rows[i], dict) and name in rows[i] for i in (at, other)):
        return rows
    result = list(rows)
    result[at] = {**rows[at], name: rows[other][name]}
    result[other] = {**rows[other], name: rows[at][name]}
    return result


@st.composite
def pages(draw: st.DrawFn) -> Any:
    """The page with its answers tampered with, and sometimes the rest of it too."""
    page: Any = PAGE
    for _ in range(draw(st.integers(1, 3))):
        if page["answers"]:
            page = {**page, "answers": draw(reshaped(page["answers"]))}
    return page if draw(st.integers(0, 4)) else draw(field_of(page))


@settings(max_examples=120)
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
