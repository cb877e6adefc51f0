"""Settings as a person changes them: all or none, in the audit log, and mended where what is stored is broken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import SettingsError
from campaign_app.settings import Settings
from tests.helpers.fresh import KEY, fresh_folder


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    with bootstrap.open_app(fresh_folder(tmp_path / "workspace"), MemoryKeeper(KEY)) as made:
        yield made


def audited(app: bootstrap.App) -> list[dict[str, object]]:
    entries = app.workspace.audit.entries()
    return [dict(entry.facts) for entry in reversed(entries) if entry.action == "settings.changed"]


def test_a_changed_setting_is_stored_and_written_into_the_audit_log(app: bootstrap.App) -> None:
    saved = app.policies.save({"batch_size": "200", "house_cap_per_week": "1"}, actor="test")
    assert saved == app.policies.current() == Settings(batch_size=200)
    assert audited(app) == [{"setting": "batch_size", "value": 200, "former": 500}]


def test_both_ends_of_the_window_change_at_once(app: bootstrap.App) -> None:
    app.policies.save({"window_opens": "22:30", "window_closes": "23:00"}, actor="test")
    app.policies.save({"window_opens": "09:00", "window_closes": "10:00"}, actor="test")
    assert app.policies.current() == Settings(window_opens=time(9), window_closes=time(10))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"batch_size": "200", "house_cap_per_week": "-1"}, "setting_range"),
        ({"batch_size": "200", "window_opens": "23:00"}, "setting_window"),
        ({"batch_size": "200", "send_to_everybody": "1"}, "setting_unknown"),
    ],
)
def test_one_bad_value_changes_nothing(app: bootstrap.App, values: dict[str, str], code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        app.policies.save(values, actor="test")
    assert caught.value.code == code
    assert app.policies.current() == Settings()
    assert audited(app) == []


def test_the_defaults_come_back(app: bootstrap.App) -> None:
    app.policies.save({"batch_size": "200"}, actor="test")
    assert app.policies.restore(actor="test") == app.policies.current() == Settings()
    assert audited(app)[-1] == {"setting": "batch_size", "value": 500, "former": 200}


@pytest.mark.parametrize("broken", ["many", [1, 2], 10_000])
def test_a_broken_stored_value_is_refused_until_the_defaults_are_restored(app: bootstrap.App, broken: object) -> None:
    app.workspace.accounts.set_setting("batch_size", broken)
    with pytest.raises(SettingsError):
        app.policies.current()
    app.policies.restore(actor="test")
    assert app.policies.current() == Settings()
