"""The register of signatures on a real store: what may be signed, what changed, and one port for one signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.signature import Signature, SignatureRecord
from campaign_app.services.filings import SAMPLE, Filing, Filings
from campaign_app.services.profiles import Profile
from tests.fakes.remotes import ENTITY
from tests.helpers.account_state import set_account_state
from tests.helpers.rules import engine_in
from tests.helpers.shop import NOW, Shop, open_shop

FILED = Signature("安宁百货", ENTITY, "company", "approved", True, ("retail",), date(2027, 12, 31))
OTHER = "91440300MA5D00002Y"
OWN = OwnFiling(ENTITY, "安宁百货", ("retail",), ("mobile", "unicom", "telecom", "broadnet"), NOW, "王")
RECORD = SignatureRecord(ENTITY, "安宁百货", "106900012345")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield from open_shop(tmp_path / "ws")


@pytest.fixture
def filings(shop: Shop) -> Filings:
    store = shop.workspace
    return Filings(store.filings, store.accounts, store.campaigns, shop.clock, engine_in)


def reported(shop: Shop, *signatures: Signature, prefix: str = "c") -> int:
    account = shop.add_account(0, prefix=prefix)
    shop.workspace.accounts.put_signatures(account, signatures, NOW)
    return account


def only(filings: Filings) -> Filing:
    (found,) = filings.register()
    return found


def test_a_filed_signature_carries_what_it_is_filed_for_and_nothing_else(shop: Shop, filings: Filings) -> None:
    account = reported(shop, FILED)
    found = only(filings)
    assert (found.problem, found.warnings, [each.id for each in found.accounts]) == ("", (), [account])
    assert [purpose for purpose in ("retail", "membership", "finance", "service") if found.carries(purpose)] == [
        "retail"
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"owner_uscc": OTHER}, "other_owner"),
        ({"valid_until": date(2026, 11, 9)}, "expired"),
        ({"status": "pending"}, "pending"),
        ({"carrier_filed": False}, "not_filed"),
        ({"carrier_filed": None}, "filing_unknown"),
    ],
)
def test_what_may_sign_nothing_says_why(shop: Shop, filings: Filings, changes: dict[str, object], problem: str) -> None:
    reported(shop, replace(FILED, **changes))
    assert only(filings).problem == problem
    assert not only(filings).carries("retail")


def test_where_no_account_tells_the_merchants_own_filing_says_what_it_may_carry(shop: Shop, filings: Filings) -> None:
    reported(shop, replace(FILED, scopes=()))
    store = shop.workspace.accounts
    untold = only(filings)
    assert (untold.untold, untold.problem, untold.carries("retail")) == (True, "scope_untold", False)
    filings.save(replace(RECORD, scopes=("retail",)), actor="王")
    found, resolved = only(filings), store.register(ENTITY).signature("安宁百货", NOW)
    assert found.problem == ""
    assert (found.carries("retail"), found.carries("finance"), found.record.scopes) == (True, False, ("retail",))
    assert resolved is not None
    assert resolved.scopes == ("retail",)
    (told,) = [each for each in shop.workspace.audit.entries() if each.action == "signature.recorded"]
    assert told.facts["scopes"] == "retail"


def test_an_own_filing_never_widens_what_an_account_tells(shop: Shop, filings: Filings) -> None:
    reported(shop, FILED)
    filings.save(replace(RECORD, scopes=("finance", "membership")), actor="王")
    found, resolved = only(filings), shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW)
    assert (found.untold, found.signature.scopes) == (False, ("retail",))
    assert resolved is not None
    assert resolved.scopes == ("retail",)
    with pytest.raises(SettingsError) as refused:
        filings.save(replace(RECORD, scopes=("anything",)), actor="王")
    assert refused.value.code == "record_scopes"


def test_an_own_filing_goes_no_further_than_what_another_account_tells(shop: Shop, filings: Filings) -> None:
    reported(shop, FILED)
    newer = shop.add_account(0, prefix="d")
    shop.workspace.accounts.put_signatures(newer, [replace(FILED, scopes=())], NOW + timedelta(hours=1))
    filings.save(replace(RECORD, scopes=("retail", "finance")), actor="王")
    resolved = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW)
    assert resolved is not None
    assert (resolved.scopes, only(filings).signature.scopes) == (("retail",), ("retail",))


@pytest.mark.parametrize(
    ("owner", "told", "expected"),
    [(ENTITY, True, True), (ENTITY, False, False), (ENTITY, None, None), (OTHER, True, None)],
)
def test_an_account_that_says_nothing_of_the_carriers_takes_nothing_back(
    shop: Shop, filings: Filings, owner: str, told: bool | None, expected: bool | None
) -> None:
    """A shop that carries its own messages, and whose consent service tells of the carriers."""
    service = reported(shop, replace(FILED, owner_uscc=owner, carrier_filed=told))
    silent = shop.add_account(0, prefix="d")
    shop.workspace.accounts.take_consents_from(silent, service)
    shop.workspace.accounts.set_sender(silent, silent)
    shop.workspace.accounts.put_signatures(silent, [replace(FILED, carrier_filed=None)], NOW + timedelta(hours=1))
    resolved = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW)
    assert resolved is not None
    assert (resolved.carrier_filed, only(filings).signature.carrier_filed) == (expected, expected)
    assert bool(only(filings).problem) is (expected is not True)


def by_provider(shop: Shop, *, tells: bool, signature: Signature | None = None) -> tuple[int, int]:
    """A shop without signatures of its own, and the account of an SMS provider that carries its messages."""
    store = shop.workspace.accounts
    mine, provider = shop.add_account(0, prefix="s"), shop.add_account(0, prefix="p")
    store.set_sender(mine, provider)
    store.put_signatures(mine, None, NOW)
    store.put_signatures(provider, ([] if signature is None else [signature]) if tells else None, NOW)
    return mine, provider


def test_what_a_disconnected_account_told_holds_no_longer(shop: Shop, filings: Filings) -> None:
    account = reported(shop, FILED)
    set_account_state(shop.workspace.accounts, account, "disconnected")
    found = only(filings)
    assert (found.problem, found.accounts, found.carries("retail")) == ("not_reported", (), False)


def test_what_was_read_over_a_day_ago_says_nothing_of_the_filing(shop: Shop, filings: Filings) -> None:
    reported(shop, replace(FILED, carriers=(("mobile", True),)))
    register = shop.workspace.accounts.register(ENTITY)
    fresh, stale = (register.signature("安宁百货", NOW + timedelta(hours=hours)) for hours in (24, 25))
    assert fresh is not None
    assert stale is not None
    assert (fresh.carrier_filed, stale.carrier_filed, stale.carriers) == (True, None, ())
    shop.clock.advance(25 * 3_600)
    assert only(filings).problem == "filing_unknown"
    shop.workspace.accounts.set_setting("max_signature_age_hours", 48)
    assert only(filings).problem == ""


def test_after_the_clock_was_set_back_nobody_knows_how_old_a_report_is(shop: Shop) -> None:
    reported(shop, FILED)
    found = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW - timedelta(days=2))
    assert found is not None
    assert found.carrier_filed is None


def test_a_carrier_that_lists_its_signatures_decides_alone(shop: Shop) -> None:
    """Filed at one provider is nothing to another."""
    reported(shop, FILED)
    mine, provider = by_provider(shop, tells=True)
    store = shop.workspace.accounts
    assert store.register(ENTITY).signature("安宁百货", NOW, mine) is None
    store.put_signatures(provider, [replace(FILED, carrier_filed=False)], NOW)
    told = store.register(ENTITY).signature("安宁百货", NOW, mine)
    assert told is not None
    assert told.carrier_filed is False


def test_a_provider_that_was_never_asked_is_not_taken_for_one_that_cannot_tell(shop: Shop, filings: Filings) -> None:
    store = shop.workspace.accounts
    mine, provider = shop.add_account(0, prefix="s"), shop.add_account(0, prefix="p")
    store.set_sender(mine, provider)
    filings.state(OWN, "")
    assert store.register(ENTITY).signature("安宁百货", NOW, mine) is None
    store.put_signatures(provider, None, NOW)
    assert store.register(ENTITY).signature("安宁百货", NOW, mine) is not None


def test_an_account_that_serves_another_shop_is_a_shop_itself(shop: Shop) -> None:
    service = reported(shop, FILED)
    other = shop.add_account(0, prefix="o")
    shop.workspace.accounts.take_consents_from(other, service)
    register = shop.workspace.accounts.register(ENTITY)
    assert [register.signature("安宁百货", NOW, each) for each in (service, other)] == [FILED, FILED]


def test_where_the_carrier_cannot_tell_the_shops_own_platform_does(shop: Shop) -> None:
    mine, _ = by_provider(shop, tells=False)
    store = shop.workspace.accounts
    store.put_signatures(mine, [FILED], NOW)
    assert store.register(ENTITY).signature("安宁百货", NOW, mine) == FILED


def test_what_is_stated_here_holds_for_a_sender_that_cannot_tell(shop: Shop, filings: Filings) -> None:
    mine, _ = by_provider(shop, tells=False)
    assert filings.register() == ()
    filings.state(replace(OWN, carriers=("mobile", "unicom", "telecom")), "106900012345")
    found = only(filings)
    assert (found.problem, found.warnings, found.record.port) == ("", ("stated", "carrier_missing"), "106900012345")
    assert (found.carries("retail"), found.carries("finance")) == (True, False)
    told = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW, mine)
    assert told is not None
    assert (told.stated, told.owner_uscc, told.unfiled) == (True, ENTITY, ("broadnet",))
    assert found.own is not None
    assert (found.own.stated_by, found.own.stated_at) == ("王", NOW)
    (noted,) = [each for each in shop.workspace.audit.entries() if each.action == "signature.stated"]
    assert (noted.actor, noted.facts["carriers"]) == ("王", "mobile,unicom,telecom")
    filings.take_back(ENTITY, "安宁百货", actor="王")
    assert filings.register() == ()
    assert "signature.taken_back" in {each.action for each in shop.workspace.audit.entries()}


def test_what_is_stated_here_is_never_used_beside_what_a_provider_tells(shop: Shop, filings: Filings) -> None:
    mine, _ = by_provider(shop, tells=True, signature=replace(FILED, status="rejected"))
    filings.state(OWN, "")
    told = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW, mine)
    assert told is not None
    assert (told.status, told.stated, only(filings).problem) == ("rejected", False, "rejected")


def test_what_is_stated_here_ends_on_its_day(shop: Shop, filings: Filings) -> None:
    by_provider(shop, tells=False)
    filings.state(replace(OWN, valid_until=date(2026, 11, 9)), "")
    assert only(filings).problem == "expired"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": " "}, "own_signature"),
        ({"text": "长" * 101}, "own_signature"),
        ({"text": "安宁\n百货"}, "own_signature"),
        ({"scopes": ()}, "record_scopes"),
        ({"scopes": ("anything",)}, "record_scopes"),
        ({"carriers": ()}, "own_carriers"),
        ({"carriers": ("pigeon",)}, "own_carriers"),
    ],
)
def test_what_cannot_be_stated_is_refused(shop: Shop, filings: Filings, changes: dict[str, object], code: str) -> None:
    by_provider(shop, tells=False)
    with pytest.raises(SettingsError) as refused:
        filings.state(replace(OWN, **changes), "")
    assert (refused.value.code, filings.register()) == (code, ())


def test_a_port_of_another_signature_states_nothing(shop: Shop, filings: Filings) -> None:
    by_provider(shop, tells=False)
    filings.save(replace(RECORD, text="安宁会员"), actor="王")
    with pytest.raises(NotAllowed) as refused:
        filings.state(OWN, RECORD.port)
    assert (refused.value.code, filings.register()) == ("port_taken", ())


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ("杭州安宁百货有限公司(模拟)", ""),
        ("杭州安宁百货 有限公司（模拟）", ""),
        ("安宁数科有限公司", "owner_unconfirmed"),
        ("", "owner_unconfirmed"),
    ],
)
def test_whose_a_signature_is_goes_by_the_name_until_a_person_confirms_it(
    shop: Shop, filings: Filings, named: str, problem: str
) -> None:
    shop.workspace.accounts.add_entity(Entity(ENTITY, "杭州安宁百货有限公司（模拟）"))
    reported(shop, replace(FILED, owner_uscc="", owner_open=True, owner_name=named))
    assert only(filings).problem == problem
    filings.save(replace(RECORD, owner_confirmed=True), actor="王")
    assert (only(filings).problem, only(filings).signature.owner_uscc) == ("", ENTITY)


def test_a_signature_that_is_told_to_be_anothers_cannot_be_confirmed(shop: Shop, filings: Filings) -> None:
    reported(shop, replace(FILED, owner_uscc=OTHER))
    filings.save(replace(RECORD, owner_confirmed=True), actor="王")
    assert only(filings).problem == "other_owner"


def test_every_change_stays_in_the_history_and_no_repetition_does(shop: Shop, filings: Filings) -> None:
    account = reported(shop, replace(FILED, status="pending"))
    accounts = shop.workspace.accounts
    for hours, signatures in ((1, [FILED]), (2, [FILED]), (3, []), (4, []), (5, [FILED])):
        accounts.put_signatures(account, signatures, NOW + timedelta(hours=hours))
    history = only(filings).history
    told = [(each.signature.status, each.gone, (each.seen_at - NOW) / timedelta(hours=1)) for each in history]
    assert told == [("approved", False, 5), ("approved", True, 3), ("approved", False, 1), ("pending", False, 0)]


def test_a_signature_that_is_no_longer_reported_stays_in_sight(shop: Shop, filings: Filings) -> None:
    account = reported(shop, FILED)
    shop.workspace.accounts.put_signatures(account, [], NOW + timedelta(hours=1))
    found = only(filings)
    assert (found.signature, found.problem, found.accounts) == (FILED, "not_reported", ())


def test_campaigns_that_use_a_signature_are_named(shop: Shop, filings: Filings) -> None:
    reported(shop, FILED, replace(FILED, text="安宁会员"))
    older, newer = (shop.campaign(screened=False, name=name).id for name in ("一", "二"))
    shop.campaign(screened=False, signature="别的")
    used = {each.signature.text: [campaign.id for campaign in each.campaigns] for each in filings.register()}
    assert used == {"安宁百货": [newer, older], "安宁会员": []}


def test_a_record_is_kept_and_audited(shop: Shop, filings: Filings) -> None:
    reported(shop, FILED)
    record = replace(RECORD, letter_from="安宁集团", letter_until=date(2027, 1, 31), note="原件在法务")
    filings.save(record, actor="王")
    assert only(filings).record == record
    filings.save(replace(record, port=""), actor="王")
    assert only(filings).record.port == ""
    assert [each.action for each in shop.workspace.audit.entries()].count("signature.recorded") == 2


def test_one_port_carries_one_signature(shop: Shop, filings: Filings) -> None:
    reported(shop, FILED, replace(FILED, text="安宁会员"))
    filings.save(RECORD, actor="王")
    with pytest.raises(NotAllowed) as caught:
        filings.save(replace(RECORD, text="安宁会员"), actor="王")
    assert (caught.value.code, caught.value.facts["text"]) == ("port_taken", "安宁百货")
    assert {each.record.port for each in filings.register()} == {RECORD.port, ""}
    filings.save(replace(RECORD, note="同一个签名"), actor="王")


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (replace(RECORD, port="1069-1"), "port_digits"),
        (replace(RECORD, port="１０６９"), "port_digits"),
        (replace(RECORD, port="1" * 22), "port_digits"),
        (replace(RECORD, letter_from="安宁集团"), "letter_incomplete"),
        (replace(RECORD, letter_until=date(2027, 1, 1)), "letter_incomplete"),
        (replace(RECORD, note="长" * 501), "record_length"),
        (replace(RECORD, letter_from="长" * 101, letter_until=date(2027, 1, 1)), "record_length"),
    ],
)
def test_a_record_that_cannot_be_is_refused(shop: Shop, filings: Filings, record: SignatureRecord, code: str) -> None:
    reported(shop, FILED)
    with pytest.raises(SettingsError) as caught:
        filings.save(record, actor="王")
    assert caught.value.code == code
    assert only(filings).record == SignatureRecord(ENTITY, "安宁百货")


def test_nothing_is_signed_past_the_letter_that_allows_it(shop: Shop, filings: Filings) -> None:
    reported(shop, FILED)
    letter = replace(RECORD, letter_from="安宁集团", letter_until=date(2026, 11, 9))
    filings.save(letter, actor="王")
    assert only(filings).problem == "letter_over"
    stored = shop.workspace.accounts.register(ENTITY).signature("安宁百货", NOW)
    assert stored is not None
    assert stored.valid_until == date(2026, 11, 9)
    filings.save(replace(letter, letter_until=date(2026, 11, 20)), actor="王")
    assert (only(filings).problem, only(filings).warnings) == ("", ("letter_ends_soon",))
    assert [each.valid_until for each in shop.workspace.accounts.register(ENTITY).all(NOW)] == [date(2026, 11, 20)]


def test_what_expires_within_a_month_is_said(shop: Shop, filings: Filings) -> None:
    reported(shop, replace(FILED, valid_until=date(2026, 12, 1)))
    assert only(filings).warnings == ("expires_soon",)


def test_a_sender_that_does_not_say_who_it_is_shows_what_the_entity_says(shop: Shop) -> None:
    store = shop.workspace
    named = Filings(
        store.filings, store.accounts, store.campaigns, shop.clock, engine_in,
        lambda _: Profile(provider="aliyun"),
    )  # fmt: skip
    reported(shop, FILED)
    other = replace(store.accounts.accounts()[0], id=0, platform="smpp", label="网关", key_id="centre")
    centre = store.accounts.add_account(other)
    store.accounts.put_signatures(centre.id, [FILED], NOW)
    shown = {each.sender.id: each.provider for each in named.renderings(only(named)) if each.sender is not None}
    assert shown[centre.id] == "aliyun"


def test_each_provider_shows_its_own_opt_out_and_what_it_refuses(shop: Shop, filings: Filings) -> None:
    reported(shop, replace(FILED, text="一个很长很长的签名名字啊"))
    shown = {each.provider: each for each in filings.renderings(only(filings))}
    assert shown["aliyun"].text == f"【一个很长很长的签名名字啊】{SAMPLE}拒收请回复R"
    assert "SIG-003" not in [each.rule_id for each in shown["huawei"].problems]
    reported(shop, replace(FILED, text="一个很长很长的签名名字啊呀"), prefix="d")
    longer = next(each for each in filings.register() if each.signature.text.endswith("呀"))
    shown = {each.provider: each for each in filings.renderings(longer)}
    refused = {name for name, each in shown.items() if "SIG-003" in [found.rule_id for found in each.problems]}
    assert "aliyun" in refused
    assert "huawei" not in refused
