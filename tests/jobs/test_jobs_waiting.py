"""What becomes known between the gate's word and the moment at which a batch leaves: while it waits for its turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa

from campaign_app.domain.consent import Channel
from campaign_app.domain.errors import OutcomeUnknown, RemoteUnavailable
from campaign_app.domain.phone import Phone
from campaign_app.jobs.gating import follow_changes
from campaign_app.jobs.ports import GatewayCapabilities
from campaign_app.jobs.turns import LONGEST_TURN
from campaign_app.storage.schema_sending import ledger, submission
from tests.helpers.shop import NOW, Shop, person
from tests.jobs.test_jobs_overtaken import (
    KEYED,
    OTHER,
    SENDER,
    WITHOUT_KEYS,
    carrier,
    gets,
    number_of,
    once,
    opts_out,
    reached,
)

DIALECTS = ("sqlite", "postgresql")
BOTH = pytest.mark.parametrize("capabilities", [KEYED, WITHOUT_KEYS], ids=["with keys", "without keys"])


def while_it_waits(shop: Shop, do: Callable[[], object]) -> None:
    shop.workspace.rates.reserve(SENDER, 5, shop.clock(), LONGEST_TURN)
    hook, real = once(do), shop.context.wait

    def wait(seconds: float) -> None:
        hook()
        real(seconds)

    shop.context = replace(shop.context, wait=wait)


@BOTH
@pytest.mark.parametrize("narrowed", [{"purposes": frozenset({"service"})}, {"channel": Channel.EMAIL}])
def test_a_consent_to_something_else_that_is_read_meanwhile_holds(
    shop: Shop, capabilities: GatewayCapabilities, narrowed: dict[str, object]
) -> None:
    """It says confirmed, too: of another purpose, or of mails."""
    account, _ = carrier(shop, 4, capabilities)
    campaign, platform = shop.campaign(), shop.platforms[account]

    def narrow() -> None:
        shop.clock.advance(1)
        platform.truth["c00001"] = narrowed
        platform.changes.append("c00001")
        follow_changes(shop.context, account)

    while_it_waits(shop, narrow)
    shop.run_to_its_end(campaign.id)
    assert shop.reached() == ["c00000", "c00002", "c00003"]


def test_the_same_consent_that_is_read_again_meanwhile_holds_nobody_up(shop: Shop) -> None:
    account, gateway = carrier(shop, 4)
    campaign, platform = shop.campaign(), shop.platforms[account]

    def again() -> None:
        shop.clock.advance(1)
        platform.changes.append("c00001")
        follow_changes(shop.context, account)

    while_it_waits(shop, again)
    shop.run(campaign.id)
    assert (len(shop.reached()), gateway.lookups) == (4, [])


@BOTH
@pytest.mark.parametrize("now", [OTHER, None], ids=["another", "none"])
@pytest.mark.parametrize("when", ["texts are made", "its turn comes"])
def test_a_number_that_is_somebody_elses_by_then_is_not_written_to(
    shop: Shop, capabilities: GatewayCapabilities, now: Phone | None, when: str
) -> None:
    """Who has it now said no; who had it is not, where they have another one, reached under that either."""
    account, gateway = carrier(shop, 4, capabilities)
    campaign = shop.campaign()

    def changes_hands() -> None:
        gets(shop, account, 1, now)
        shop.workspace.customers.upsert_page(account, [replace(person("z", 9), phone=number_of(1))], "end", NOW)
        opts_out(shop, account, "z00009")

    if when == "its turn comes":
        while_it_waits(shop, changes_hands)
    else:
        hook, real = once(changes_hands), shop.composer.messages
        shop.composer.messages = lambda *asked: (hook(), real(*asked))[1]
    shop.run_to_its_end(campaign.id)
    assert reached(gateway) == [number_of(0), number_of(2), number_of(3)]
    assert shop.workspace.inbox.counts(campaign.id)["withheld"] == 1


@BOTH
def test_a_claim_that_its_server_has_lost_meanwhile_is_not_submitted_but_made_anew(
    shop: Shop, capabilities: GatewayCapabilities
) -> None:
    """A server that stands in for another one may lack its last commits: nobody would know what left."""
    if shop.workspace.database.engine.dialect.name != "postgresql":
        pytest.skip("files stand in for nothing")
    _, gateway = carrier(shop, 4, capabilities)
    campaign, claimed = shop.campaign(), list[int]()

    def stands_in() -> None:
        claimed.extend(each.id for each in shop.workspace.ledger.unsettled(campaign.id))
        with shop.workspace.database.write() as connection:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # past what keeps the ledger
            for table in (ledger, submission):
                connection.execute(sa.delete(table))

    while_it_waits(shop, stands_in)
    with pytest.raises(RemoteUnavailable) as lost:  # at once: another batch may have its number before a second try
        shop.run(campaign.id)
    assert (lost.value.code, gateway.submits) == ("claim_lost", [])
    # nor does what was put down of the lost claim say of this one that it was not taken
    shop.workspace.accounts.set_setting(f"rate.{SENDER}", 0)  # no turn is waited for this time
    gateway.fail_after = [OutcomeUnknown("read_timeout", "No answer in time")]
    shop.run(campaign.id)
    assert len(claimed) == 1
    assert len(gateway.submits) == 1
    assert [len(batch) for batch in gateway.accepted.values()] == [4]


def test_a_number_that_changes_while_it_waits_is_nothing_to_a_sender_that_goes_by_none(shop: Shop) -> None:
    account, gateway = carrier(shop, 4, replace(KEYED, needs_phone=False))
    campaign = shop.campaign()
    while_it_waits(shop, lambda: gets(shop, account, 1, OTHER))
    shop.run(campaign.id)
    assert (len(shop.reached()), gateway.lookups) == (4, [])
