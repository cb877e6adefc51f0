"""Connecting platforms that do not say whose shop it is, and whose consents another account answers for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.errors import AppError, NotAllowed, RemoteRefused
from campaign_app.domain.message import Page
from campaign_app.domain.platform import Asked
from campaign_app.domain.ports import ConnectionReport
from campaign_app.domain.signature import FiledTemplate
from campaign_app.services.accounts import Accounts, secret_name
from campaign_app.services.connecting import draft_of
from tests.helpers.fresh import KEY, fresh_folder
from tests.helpers.market import (
    ENTITY,
    OTHER,
    REGISTRY,
    SAID,
    Both,
    Market,
    Remote,
    accounts_of,
    asked,
    code_of,
    registry,
)


@pytest.fixture
def remote() -> Remote:
    return Remote()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[bootstrap.App]:
    with bootstrap.open_app(fresh_folder(tmp_path / "workspace"), MemoryKeeper(KEY)) as made:
        yield made


@pytest.fixture
def accounts(app: bootstrap.App, remote: Remote) -> Accounts:
    return accounts_of(app, remote)


def test_what_a_person_typed_goes_where_it_belongs(app: bootstrap.App, accounts: Accounts) -> None:
    account = accounts.connect(asked(remark=" 主店 "), actor="王")
    assert (account.platform, account.base_url, account.key_id) == (
        "market", "https://api.market.example", "api.market.example",
    )  # fmt: skip
    assert account.options == {"version": "2", "remark": "主店"}
    assert (account.issuer_uscc, account.issuer_name, account.simulated) == ("market.example", "集市", True)
    assert accounts.entities() == (ENTITY,)
    assert json.loads(app.workspace.secrets.get(secret_name(account.id)) or "") == {"token": "geheim"}
    assert "geheim" not in f"{account!r}{asked()!r}{draft_of(asked(), Market())!r}"
    (entry,) = (e for e in app.workspace.audit.entries() if e.action == "account.connected")
    assert entry.facts["platform"] == "market"
    assert [entry.facts[name] for name in ("issuer", "issuer_name", "domain")] == [
        "market.example", "集市", "api.market.example",
    ]  # fmt: skip


def test_a_look_asks_with_the_typed_secrets_and_stores_nothing(accounts: Accounts, remote: Remote) -> None:
    assert accounts.check(asked(refresh_token="r")) == SAID
    ((account, secret),) = remote.seen
    assert account.id == 0
    assert json.loads(secret) == {"refresh_token": "r", "token": "geheim"}
    assert accounts.all() == ()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (asked(token="  "), "field_missing"),
        (asked(None), "entity_missing"),
        (asked(Entity(ENTITY.uscc, " ")), "entity_missing"),
        (asked(Entity("123", "某公司")), "bad_uscc"),
        (Asked("broken", {}), "broken_adapter"),
    ],
)
def test_what_cannot_be_connected_says_why(accounts: Accounts, typed: Asked, code: str) -> None:
    assert code_of(lambda: accounts.connect(typed, actor="王")) == code
    assert accounts.all() == ()


@pytest.mark.parametrize(
    ("report", "error", "code"),
    [
        (replace(SAID, ok=False), RemoteRefused, "not_connected"),
        (replace(SAID, problem="scopes"), RemoteRefused, "scopes"),
        (replace(SAID, entity_uscc=OTHER.uscc, entity_name=OTHER.name), NotAllowed, "other_entity"),
        (replace(SAID, issuer_uscc=ENTITY.uscc), NotAllowed, "self_issued"),
    ],
)
def test_an_answer_that_may_not_be_trusted_connects_nothing(
    accounts: Accounts, remote: Remote, report: ConnectionReport, error: type[AppError], code: str
) -> None:
    remote.report = report
    with pytest.raises(error) as caught:
        accounts.connect(asked(), actor="王")
    assert caught.value.code == code
    assert accounts.all() == ()


def test_consents_come_from_an_account_of_the_same_entity_only(
    app: bootstrap.App, accounts: Accounts, remote: Remote
) -> None:
    own, other = registry(accounts, remote), registry(accounts, remote, OTHER)
    assert code_of(lambda: accounts.connect(asked(source=other.id), actor="王")) == "consent_source"
    shop = accounts.connect(asked(source=own.id), actor="王")
    assert shop.consent_account_id == own.id
    assert code_of(lambda: accounts.take_consents_from(shop.id, shop.id, actor="王")) == "consent_source"
    assert accounts.take_consents_from(shop.id, None, actor="王").consent_account_id is None
    accounts.disconnect(own.id, actor="王")
    assert code_of(lambda: accounts.take_consents_from(shop.id, own.id, actor="王")) == "consent_source"
    changes = [e.facts for e in app.workspace.audit.entries() if e.action == "account.consents_from"]
    assert changes == [{"account": shop.id, "source": None}]


def carrier(accounts: Accounts, entity: Entity, key: str) -> Account:
    typed = {"token": "s", "base_url": f"https://{key}.example"}
    return accounts.connect(Asked("sms", typed, entity), actor="王")


def test_a_shop_sends_through_a_provider_of_its_own_entity_only(app: bootstrap.App, accounts: Accounts) -> None:
    shop = accounts.connect(asked(), actor="王")
    own, other = carrier(accounts, ENTITY, "a"), carrier(accounts, OTHER, "b")
    assert accounts.senders(ENTITY.uscc) == (own,)
    assert code_of(lambda: accounts.send_through(shop.id, other.id, actor="王")) == "sender_entity"
    assert code_of(lambda: accounts.send_through(shop.id, shop.id, actor="王")) == "not_a_sender"
    assert code_of(lambda: accounts.send_through(own.id, own.id, actor="王")) == "not_a_sender"
    assert accounts.send_through(shop.id, own.id, actor="王").sender_account_id == own.id
    accounts.disconnect(shop.id, actor="王")
    assert accounts.connect(asked(), actor="王").sender_account_id == own.id
    assert accounts.send_through(shop.id, None, actor="王").sender_account_id is None
    accounts.disconnect(own.id, actor="王")
    assert accounts.senders(ENTITY.uscc) == ()
    assert code_of(lambda: accounts.send_through(shop.id, own.id, actor="王")) == "not_a_sender"
    changes = [e.facts for e in app.workspace.audit.entries() if e.action == "account.sends_through"]
    assert [change["sender"] for change in changes] == [None, own.id]  # the newest first


def test_a_shop_is_its_own_sender_only_where_its_platform_carries_messages_by_choice(accounts: Accounts) -> None:
    def connected(platform: str, key: str) -> Account:
        typed = {"token": "s", "base_url": f"https://{key}.example"}
        return accounts.connect(Asked(platform, typed, ENTITY), actor="王")

    shop, other, mute = connected("talks", "a"), connected("talks", "b"), connected("mute", "c")
    assert accounts.untold_deliveries(ENTITY.uscc) == ()
    assert accounts.send_through(shop.id, shop.id, actor="王").sender_account_id == shop.id
    assert [each.id for each in accounts.untold_deliveries(ENTITY.uscc)] == [shop.id]
    assert accounts.senders(ENTITY.uscc) == (), "it carries nobody else's"
    assert code_of(lambda: accounts.send_through(other.id, shop.id, actor="王")) == "not_a_sender"
    assert code_of(lambda: accounts.send_through(mute.id, mute.id, actor="王")) == "not_a_sender"
    accounts.send_through(shop.id, None, actor="王")
    assert accounts.untold_deliveries(ENTITY.uscc) == ()
    accounts.disconnect(shop.id, actor="王")
    assert code_of(lambda: accounts.send_through(shop.id, shop.id, actor="王")) == "not_a_sender"


def test_whose_platform_nobody_offers_any_more_carries_nothing(app: bootstrap.App, accounts: Accounts) -> None:
    own = carrier(accounts, ENTITY, "a")
    gone = app.workspace.accounts.add_account(replace(own, platform="broken", key_id="gone"))
    assert accounts.senders(ENTITY.uscc) == (own,)
    assert gone.state == "connected"


def test_an_account_is_not_its_own_source_of_consents(accounts: Accounts, remote: Remote) -> None:
    own = registry(accounts, remote)
    assert code_of(lambda: accounts.take_consents_from(own.id, own.id, actor="王")) == "consent_source"
    assert accounts.all() == (own,)


def test_another_source_of_consents_is_read_from_the_start(
    app: bootstrap.App, accounts: Accounts, remote: Remote
) -> None:
    own, shop = registry(accounts, remote), accounts.connect(asked(), actor="王")
    store = app.workspace

    def places() -> dict[str, str]:
        return {stream: store.accounts.cursor(shop.id, stream) for stream in ("changes", "customers", "inbound")}

    store.facts.append_changes(shop, [], [], "", "7")
    store.customers.upsert_page(shop.id, (), "8", app.clock())
    store.inbox.store_inbound(shop.id, Page((), "9", more=False), [], app.clock())
    before = places()
    accounts.take_consents_from(shop.id, None, actor="王")
    assert places() == before == {"changes": "7", "customers": "8", "inbound": "9"}, "the source is the same"
    accounts.take_consents_from(shop.id, own.id, actor="王")
    assert places() == {"changes": "", "customers": "", "inbound": "9"}


def test_a_shop_that_is_connected_again_keeps_its_id_and_takes_its_new_options(
    app: bootstrap.App, accounts: Accounts
) -> None:
    first = accounts.connect(asked(remark="旧"), actor="王")
    accounts.disconnect(first.id, actor="王")
    again = accounts.connect(asked(remark="新", token="neu"), actor="王")
    assert again == replace(first, options={"version": "2", "remark": "新"})
    assert json.loads(app.workspace.secrets.get(secret_name(again.id)) or "") == {"token": "neu"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"entity_uscc": OTHER.uscc, "entity_name": OTHER.name}, "other_entity"),
        ({"issuer_uscc": REGISTRY}, "other_issuer"),
        ({"simulated": False}, "simulation"),
    ],
)
def test_an_address_where_somebody_else_answers_is_not_the_account_of_before(
    accounts: Accounts, remote: Remote, change: dict[str, object], code: str
) -> None:
    first = accounts.connect(asked(), actor="王")
    accounts.disconnect(first.id, actor="王")
    remote.report = replace(SAID, **change)
    typed = asked(OTHER) if code == "other_entity" else asked()
    assert code_of(lambda: accounts.connect(typed, actor="王")) == code
    assert [account.state for account in accounts.all()] == ["disconnected"]


def test_a_person_who_connects_again_accepts_the_keys_of_now(accounts: Accounts, remote: Remote) -> None:
    def keys(*names: str) -> str:
        return json.dumps({"keys": [{"kid": name} for name in names]})

    remote.report = replace(SAID, pinned_keys=keys("a", "b"))
    first = accounts.connect(asked(), actor="王")
    accounts.disconnect(first.id, actor="王")
    remote.report = replace(SAID, pinned_keys=keys("b", "c"))
    again = json.loads(accounts.connect(asked(), actor="王").pinned_keys)
    assert again == {"keys": [{"kid": "b"}, {"kid": "c"}], "retired": [{"kid": "a"}]}


def test_a_platform_whose_package_is_broken_is_left_out_of_the_offers(
    accounts: Accounts, caplog: pytest.LogCaptureFixture
) -> None:
    assert [offer.name for offer in accounts.offers()] == ["consent_api", "market", "sms"]
    assert "broken_adapter" in caplog.text


def test_an_account_knows_what_its_platform_offers(accounts: Accounts) -> None:
    account = accounts.connect(asked(), actor="王")
    assert accounts.offer_of(account).capabilities.consent_lookup


@pytest.mark.parametrize("address", ["https://[", "nonsense"])
def test_an_address_that_is_none_is_left_to_the_client(address: str) -> None:
    assert draft_of(asked(base_url=address), Market()).account.base_url == address


def test_an_account_warns_before_its_authorisation_ends(app: bootstrap.App, accounts: Accounts, remote: Remote) -> None:
    made = accounts.connect(asked(authorised_until="2026-12-31"), actor="test")
    day = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert accounts.expiring(day - timedelta(days=15)) == ()
    (found,) = accounts.expiring(day - timedelta(days=14))
    assert (found.account_id, found.what, found.at) == (made.id, "authorisation", day)


def test_a_template_is_looked_up_where_the_platform_has_them(
    app: bootstrap.App, accounts: Accounts, remote: Remote
) -> None:
    account = accounts.connect(asked(), actor="test")
    assert code_of(lambda: accounts.template(account.id, "SMS_1")) == "not_offered"

    class Looking(Remote):
        def __call__(self, account: Account, secret: str) -> Looking:
            return self

        def template(self, code: str) -> FiledTemplate:
            return FiledTemplate(code, "promotion", "approved")

    workspace = app.workspace
    knows = Accounts(
        store=workspace.accounts, secrets=workspace.secrets, clock=app.clock,
        make_client=Looking(), offers=Both(),
    )  # fmt: skip
    assert knows.template(account.id, "SMS_1").usable
    knows.disconnect(account.id, actor="test")
    assert code_of(lambda: knows.template(account.id, "SMS_1")) == "account_disconnected"
