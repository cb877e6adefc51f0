"""Settings: every one declared and described, bad values refused with a code, stored values read back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.domain.errors import SettingsError
from campaign_app.settings import DECLARED, Declared, Settings, load, parse, to_stored, with_values


def values_of(declared: Declared) -> st.SearchStrategy[Any]:
    if isinstance(declared.default, time):
        return st.times().map(lambda at: at.replace(second=0, microsecond=0))
    return st.integers(declared.low, declared.high)


def test_the_defaults_are_those_of_the_product() -> None:
    settings = Settings()
    assert (settings.max_consent_age_minutes, settings.batch_reread_minutes, settings.batch_size) == (1440, 10, 500)
    assert (settings.window_opens, settings.window_closes) == (time(8), time(22))


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)
def test_every_setting_is_described_and_limited(declared: Declared) -> None:
    assert declared.zh
    assert declared.en
    assert isinstance(declared.default, time) or (declared.low, declared.high) != (None, None)
    assert parse(declared.name, declared.default) == declared.default


def test_every_field_is_declared_under_its_own_name() -> None:
    assert [declared.name for declared in DECLARED] == [field.name for field in fields(Settings)]


@given(st.data())
def test_a_stored_value_is_read_back(data: st.DataObject) -> None:
    declared = data.draw(st.sampled_from(DECLARED))
    value = data.draw(values_of(declared))
    assert parse(declared.name, to_stored(value)) == value


@given(
    st.sampled_from(DECLARED), st.one_of(st.text(), st.integers(), st.booleans(), st.floats(), st.none(), st.binary())
)
def test_any_other_value_is_refused_with_an_error_of_ours(declared: Declared, value: object) -> None:
    with suppress(SettingsError):
        parsed = parse(declared.name, value)
        assert type(parsed) is type(declared.default)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("nonsense", 1, "setting_unknown"),
        ("batch_size", 501, "setting_range"),
        ("batch_size", 0, "setting_range"),
        ("batch_size", True, "setting_type"),
        ("batch_size", "many", "setting_type"),
        ("batch_reread_minutes", 11, "setting_range"),
        ("window_opens", "25:00", "setting_type"),
        ("window_opens", "8", "setting_type"),
        ("window_opens", 8, "setting_type"),
        ("theme", "dark", "setting_unknown"),
    ],
)
def test_a_bad_value_is_named_by_its_code(name: str, value: object, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(name, value)
    assert caught.value.code == code
    assert name in str(caught.value)


@pytest.mark.parametrize("opens", ["09:30", "9:30", "9：30", "０９：３０"])  # the last two by a Chinese keyboard
def test_values_as_a_person_types_them(opens: str) -> None:
    settings = with_values(Settings(), {"batch_size": "200", "window_opens": opens})
    assert (settings.batch_size, settings.window_opens) == (200, time(9, 30))


@pytest.mark.parametrize(("opens", "closes"), [("22:00", "08:00"), ("08:00", "08:00")])
def test_a_window_that_never_opens_is_refused(opens: str, closes: str) -> None:
    with pytest.raises(SettingsError) as caught:
        with_values(Settings(), {"window_opens": opens, "window_closes": closes})
    assert caught.value.code == "setting_window"


@pytest.mark.parametrize(
    ("name", "value", "code"), [("batch_size", 0, "setting_range"), ("window_opens", 1, "setting_type")]
)
def test_a_value_built_in_code_is_checked_too(name: str, value: Any, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(**{name: value})
    assert caught.value.code == code


def test_a_workspace_overrides_what_it_stores_and_nothing_else() -> None:
    stored = {"house_cap_per_week": 2, "window_closes": "21:00", "something_else": 1}
    assert load(stored.get) == Settings(house_cap_per_week=2, window_closes=time(21))
    assert load({}.get) == Settings()


def test_a_broken_stored_value_stops_the_load() -> None:
    with pytest.raises(SettingsError):
        load({"max_consent_age_minutes": "forever"}.get)
