"""Who sends for a shop, by an owner's own SQL: another account of the entity, once nothing is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from storage_roles import OWNER, Stage, refused, staged
from storage_samples import KEY, account

from campaign_app.domain.campaign import Noted
from campaign_app.domain.customer import Entity
from campaign_app.services.accounts import secret_name
from tests.helpers.crowd import crowd

DIALECTS = ("postgresql",)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with crowd(tmp_path_factory.mktemp("crowd") / "ws", KEY) as here, closing(here.open(here.maker)) as workspace:
        yield staged(here, workspace)


def test_who_sends_for_a_shop_is_the_owners_to_say_once_its_batches_are_settled(stage: Stage) -> None:
    carry = "INSERT INTO account_sender (account_id, sender_account_id) VALUES (%(shop)s, %(by)s)"
    source = "INSERT INTO account_connection (account_id, options, consent_account_id) VALUES (1, '{}', %(by)s)"
    with closing(stage.here.open(OWNER)) as workspace:
        other = workspace.accounts.add_account(account("k2")).id
        workspace.accounts.add_entity(Entity("91330100MA0000009Y", "别家"))
        strange = workspace.accounts.add_account(account("k3", entity_uscc="91330100MA0000009Y")).id
        workspace.accounts.set_sender(other, 1)
    with stage.here.sql(stage.here.maker) as maker, stage.sql(OWNER) as sql:
        assert not refused(sql, source, by=None)
        assert refused(sql, carry, shop=1, by=other)
        assert refused(sql, source, by=other)
        maker.execute("UPDATE submission SET settled = 1")
        maker.commit()
        assert not refused(sql, carry, shop=1, by=other)
        assert not refused(sql, source, by=other)
        assert refused(sql, carry, shop=1, by=strange), "a port of another entity"
        assert not refused(sql, "DELETE FROM account_sender")


def test_an_owner_renews_an_authorisation(stage: Stage) -> None:
    """All that is written with its secret, also with another source than before."""
    with closing(stage.here.open(OWNER)) as workspace:
        store = workspace.accounts
        source, shop = (store.add_account(account(key)) for key in ("k4", "k5"))
        name = secret_name(shop.id)
        noted = Noted("account.connected", "王", datetime(2026, 11, 1, tzinfo=UTC), {"account": shop.id})
        renewed = replace(shop, options={"authorised_until": "2030-01-01"}, pinned_keys="{}")
        workspace.secrets.connect(renewed, name, "new", noted)
        assert (store.account(shop.id), workspace.secrets.get(name)) == (renewed, "new")
        workspace.secrets.disconnect(shop.id, name, noted)
        elsewhere = replace(renewed, consent_account_id=source.id)
        workspace.secrets.connect(replace(elsewhere, state="disconnected"), name, "newer", noted)
        assert store.account(shop.id) == elsewhere
