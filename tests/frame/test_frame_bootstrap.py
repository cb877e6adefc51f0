"""What is wired for the worker follows the workspace's settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaign_app import bootstrap, working
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import SettingsError
from campaign_app.domain.ports import Job
from campaign_app.jobs.worker import Worker
from campaign_app.services.profiles import Profile
from tests.helpers.account_state import set_account_state


def test_the_workers_context_has_the_settings_of_now(tmp_path: Path) -> None:
    with bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app:
        workspace, put = app.workspace, app.workspace.accounts.set_setting
        put("batch_size", 100)
        context = working.worker_context(workspace, app.clock)
        assert (context.batch, context.house_caps) == (100, (1, 4))
        for name, value in (("batch_size", 7), ("house_cap_per_week", 3), ("batch_reread_minutes", 2)):
            put(name, value)
        later = working.as_set(workspace, context)
        assert (later.batch, later.house_caps) == (7, (3, 4))
        assert later.policy.reread_after == timedelta(minutes=2)
        assert (later.policy.clock_skew, later.stores) == (context.policy.clock_skew, context.stores)
        put("batch_size", 501)
        with pytest.raises(SettingsError):
            working.as_set(workspace, later)


def test_a_disconnected_account_and_a_shop_of_it_do_not_stop_the_worker(tmp_path: Path) -> None:
    entity = Entity("91330100MA0000001X", "某店")
    account = Account(
        0, "consent_api", "店", "http://127.0.0.1:9", entity.uscc, "91110000MA0000009X", "登记处", "k", True, "{}"
    )
    with bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app:
        stores = app.workspace.accounts
        stores.add_entity(entity)
        gone = stores.add_account(account)
        stores.add_account(replace(account, platform="top", key_id="t", consent_account_id=gone.id))
        set_account_state(stores, gone.id, "disconnected")
        started: list[Job] = []
        Worker(working.worker_context(app.workspace, app.clock), started.append).tick()
        assert [(job.kind, job.args["account_id"]) for job in app.jobs.open_jobs()] == [("poll", 2)]


def test_the_providers_caps_are_those_of_whoever_carries_a_shops_messages(tmp_path: Path) -> None:
    entity = Entity("91330100MA0000001X", "某店")
    base = Account(0, "consent_api", "店", "http://127.0.0.1:9", entity.uscc, "i", "登记处", "k", True, "{}")
    with bootstrap.create_app(tmp_path / "ws", MemoryKeeper(bytes(32))) as app:
        stores = app.workspace.accounts
        stores.add_entity(entity)
        context = working.worker_context(app.workspace, app.clock)

        def caps(account: Account) -> list[tuple[int, int]]:
            return [(cap.most, cap.minutes) for cap in context.provider_caps(account.id)]

        def add(platform: str, **more: Any) -> Account:
            number = len(stores.accounts())
            return stores.add_account(replace(base, platform=platform, key_id=f"{platform}{number}", **more))

        aliyun, line, consents = add("aliyun"), add("smpp"), add("consent_api")
        asked, lent = add("jd", consent_account_id=consents.id), add("jd", consent_account_id=consents.id)
        own, by_line, itself = add("top"), add("jd"), add("shopify")
        for shop, sender in ((lent, aliyun), (own, own), (by_line, line)):
            stores.set_sender(shop.id, sender.id)
        assert [caps(each) for each in (consents, asked, by_line, own, itself)] == [[]] * 5
        app.profiles.put(entity.uscc, Profile(provider="huawei"), actor="t")
        told = [(4, 60), (2, 1), (10, 1440)]
        assert [caps(each) for each in (consents, asked, by_line)] == [told] * 3
        assert [caps(each) for each in (own, itself)] == [[]] * 2
        assert caps(lent) == caps(aliyun) == [(50, 1440)]
