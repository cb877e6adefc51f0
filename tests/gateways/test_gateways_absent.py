"""Which sender an account has: its own, that of the endpoint which confirms its consents, or none."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from campaign_app.domain.customer import Account
from campaign_app.domain.errors import NotAllowed, RemoteRefused
from campaign_app.domain.ports import Clock
from campaign_app.gateways import Means, gateway_of, has_sender
from campaign_app.gateways.absent import NoSender
from campaign_app.gateways.carried import CarriedGateway
from campaign_app.gateways.consent_api import ConsentApiGateway
from campaign_app.jobs.ports import Gateway
from campaign_app.platforms import write_credentials
from tests.helpers.registry import ACCOUNT, CLIENT_SEED, NOW

SHOP = replace(ACCOUNT, id=9, platform="taobao", key_id="shop-9")


class Secrets:
    def get(self, account_id: int) -> str:
        if account_id != ACCOUNT.id:
            raise NotAllowed("account_disconnected", "gone", account=account_id)
        return CLIENT_SEED

    def replace(self, account_id: int, seen: str, secret: str) -> bool:
        raise AssertionError("nothing is renewed here")

    def claim(self, account_id: int, seen: str, clock: Clock) -> AbstractContextManager[bool]:
        raise AssertionError("nothing is renewed here")


def sender(account: Account, endpoint: Account = ACCOUNT) -> Gateway:
    return gateway_of(
        account, CLIENT_SEED, "retail", lambda: NOW, secrets=Secrets(), account_of=lambda _: endpoint, means=Means()
    )


@pytest.mark.parametrize("account", [ACCOUNT, replace(SHOP, consent_account_id=ACCOUNT.id)])
def test_the_contract_sends_for_itself_and_for_shops_that_it_answers_for(account: Account) -> None:
    made = sender(account)
    assert isinstance(made, ConsentApiGateway)
    made.close()


TOP = replace(SHOP, platform="top", options={"app_key": "k"}, consent_account_id=ACCOUNT.id, simulated=True)


class TopSecrets(Secrets):
    def get(self, account_id: int) -> str:
        return write_credentials({"app_secret": "s", "session": "t"}) if account_id == TOP.id else CLIENT_SEED


def top(account: Account) -> Gateway:
    accounts = {ACCOUNT.id: ACCOUNT, account.id: account}
    secret = TopSecrets().get(TOP.id)
    return gateway_of(
        account, secret, "retail", lambda: NOW, secrets=TopSecrets(), account_of=accounts.__getitem__, means=Means()
    )


def test_a_platform_by_choice_carries_its_shops_messages_only_where_somebody_chose_so() -> None:
    chosen = replace(TOP, sender_account_id=TOP.id)
    assert (has_sender(replace(TOP, consent_account_id=None)), has_sender(TOP), has_sender(chosen)) == (
        False,
        True,
        True,
    )
    assert isinstance(top(replace(TOP, consent_account_id=None)), NoSender)
    served, made = top(TOP), top(chosen)
    assert isinstance(served, ConsentApiGateway)
    assert isinstance(made, CarriedGateway)
    assert made.lookup("k", ()) == ()
    served.close()
    made.close()


def test_an_endpoint_that_is_gone_sends_nothing() -> None:
    with pytest.raises(NotAllowed):
        sender(replace(SHOP, consent_account_id=8), replace(ACCOUNT, id=8))


def test_without_either_nothing_can_be_sent_and_nothing_came_back() -> None:
    made = sender(SHOP)
    assert made == NoSender(SHOP)
    assert (made.capabilities.simulated, made.capabilities.lookup) == (True, False)
    with pytest.raises(RemoteRefused) as refused:
        made.submit("key", [])
    assert (refused.value.code, refused.value.account_wide) == ("no_sender", True)
    assert made.lookup("key", ()) == ()
    for page in (made.reports("x"), made.inbound("x"), made.complaints("x")):
        assert (page.items, page.next_cursor, page.more) == ((), "x", False)
