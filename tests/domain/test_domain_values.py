"""Value types of the domain: phones stay masked, filters survive JSON, severities compare."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.audience import FIELDS, Condition, Filter, Op, named_accounts, names_fields
from campaign_app.domain.errors import RemoteRefused, RemoteUnavailable, SettingsError
from campaign_app.domain.finding import Severity
from campaign_app.domain.phone import Phone, PlatformPhone, parse_phone, parse_platform_phone

PREFIXES = set(
    json.loads((Path(__file__).parents[1] / "vectors" / "cn_mobile_prefix4.json").read_text(encoding="utf-8"))
)


@pytest.mark.no_cover
def test_prefixes_are_those_of_libphonenumber() -> None:
    def accepted(prefix: int) -> bool:  # the list leaves out 1740, where the fifth digit decides
        return all(parse_phone(f"{prefix}{fifth}000000") for fifth in range(10))

    assert set(filter(accepted, range(1000, 2000))) == PREFIXES


@pytest.mark.parametrize(
    "written", ["13800138000", "+8613800138000", "138-0013-8000", "１３８００１３８０００", "+86 138 0013 8000"]
)
def test_ways_to_write_a_number(written: str) -> None:
    assert parse_phone(written) == Phone("13800138000")


@pytest.mark.parametrize(
    "written", [None, "", "1380013800", "138001380001", "138****8000", "12345678901", "13800138000转1", "1380013800a"]
)
def test_what_is_no_number(written: str | None) -> None:
    assert parse_phone(written) is None


def test_a_number_is_masked_wherever_it_is_shown() -> None:
    phone = Phone("13800138000")
    assert "0013" not in f"{phone} {phone!r} {[phone]}"
    assert phone.e164 == "+8613800138000"
    with pytest.raises(ValueError, match="mainland"):
        Phone("12800138000")


def test_severities_compare_and_have_words() -> None:
    assert Severity.INFO < Severity.WARN < Severity.BLOCK
    assert [s.word for s in Severity] == ["info", "warn", "block"]


def test_errors_carry_a_code_and_facts() -> None:
    error = RemoteUnavailable("throttled", "Too many requests", retry_after=3.0, account=4)
    assert (error.code, error.retry_after, error.facts, str(error)) == (
        "throttled",
        3.0,
        {"account": 4},
        "Too many requests",
    )
    assert RemoteRefused("permission", "Refused", account_wide=True).account_wide


def test_an_error_comes_back_whole_from_a_pickle() -> None:
    error = pickle.loads(pickle.dumps(RemoteUnavailable("throttled", "Too many", retry_after=3.0, account=4)))
    assert (type(error), error.code, error.retry_after, error.facts, str(error)) == (
        RemoteUnavailable, "throttled", 3.0, {"account": 4}, "Too many",
    )  # fmt: skip


conditions = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(FIELDS),
        st.sampled_from([Op.IS, Op.IS_NOT, Op.AT_LEAST, Op.AT_MOST]),
        st.text() | st.integers(),
    ),
    st.builds(Condition, st.sampled_from(FIELDS), st.just(Op.IN), st.lists(st.text()).map(tuple)),
)
filters = st.recursive(
    st.builds(Filter, st.lists(conditions, max_size=3).map(tuple), st.booleans()),
    lambda inner: st.builds(Filter, st.lists(conditions | inner, max_size=3).map(tuple), st.booleans()),
    max_leaves=5,
)


@given(filters)
def test_a_filter_survives_json(audience: Filter) -> None:
    assert Filter.from_json(json.loads(json.dumps(audience.to_json()))) == audience


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"parts": 1, "every": True},
        {"parts": [], "every": True, "x": 1} | {"parts": [{"field": "secret", "op": "is", "value": 1}]},
        {"every": True, "parts": [{"field": "name", "op": "like", "value": "x"}]},
        {"every": True, "parts": [{"field": "name", "op": "in", "value": "x"}]},
        {"every": True, "parts": [{"field": "name", "op": "is", "value": True}]},
        {"every": True, "parts": [{"field": "name", "op": "is"}]},
    ],
)
def test_a_broken_filter_is_an_error(data: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        Filter.from_json(data)
    assert caught.value.code == "audience_filter"


@pytest.mark.parametrize("written", ["~AgAAAAexample0sealed~1~", "x" * 16, "A" + "!" * 499, "~13800000001234567abc~"])
def test_a_sealed_number_shows_nothing_of_itself(written: str) -> None:
    sealed = parse_platform_phone(written)
    assert sealed is not None
    assert sealed.sealed == written
    assert written not in f"{sealed}{sealed!r}{[sealed]}"


@pytest.mark.parametrize(
    "written",
    [
        None, "", "x" * 15, "x" * 501, "13800000001", "+86 138 0000 0001", "0" * 20, "tel:+8613800000001", "密文" * 10,
        "abc13800000001abc", "abc 13800000001", "phone=008613800000001;", "with a space in it here",
        "line\nline\nline\nline",
    ],
)  # fmt: skip
def test_what_can_be_read_is_no_sealed_number(written: str | None) -> None:
    assert parse_platform_phone(written) is None
    with pytest.raises(ValueError, match="not a sealed number"):
        PlatformPhone(written or "")


@pytest.mark.parametrize(
    ("audience", "named"),
    [
        (Filter(), None),
        (Filter((Condition("city", Op.IS, "杭州"),)), None),
        (Filter((Condition("account", Op.IS, 7), Condition("city", Op.IS, "杭州"))), {7}),
        (Filter((Condition("account", Op.IN, ("7", "8")), Filter((Condition("account", Op.IS, "8"),)))), {8}),
        (Filter((Condition("account", Op.IS_NOT, 7),)), None),
        (Filter((Condition("account", Op.IS, 7), Condition("city", Op.IS, "杭州")), every=False), None),
        (Filter((Condition("account", Op.IS, 7),), every=False), {7}),
    ],
)
def test_an_audience_says_which_shops_it_keeps_to(audience: Filter, named: set[int] | None) -> None:
    assert named_accounts(audience) == named


def test_fields_are_found_however_deep_they_are_named() -> None:
    name, city = Condition("name", Op.IS, "王芳"), Condition("city", Op.IS, "杭州")
    deep = Filter((city, Filter((Filter((name,)),), every=False)))
    assert names_fields(deep, {"name"})
    assert not names_fields(Filter((city, Filter())), {"name"})
    assert not names_fields(Filter(), {"name", "city"})
