"""A workspace that is a copy of one that went on reaches nobody twice, whatever a person then lets it do."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.copies import Copy, copied_at, name_for, name_now
from campaign_app.domain.errors import OutcomeUnknown, RemoteRefused, RemoteUnavailable
from campaign_app.domain.message import InboundMessage
from campaign_app.domain.phone import Phone
from campaign_app.domain.staff import TrialState, Wish
from campaign_app.jobs import dispatch
from campaign_app.jobs.poll import poll_all
from campaign_app.jobs.settling import KEYS_KEPT
from campaign_app.jobs.trying import send_trial
from campaign_app.jobs.worker import POLL_EVERY, Worker
from campaign_app.storage.schema_sending import campaign_member
from tests.fakes.remotes import ENTITY, IDEMPOTENT
from tests.helpers.copied import accepted, backup_of, copy_of, opened, renew, restored, watched
from tests.helpers.shop import NOW, Shop, everybody, person
from tests.helpers.staged import FILED
from tests.jobs.started import Started

pytestmark = pytest.mark.faults

PEOPLE = 8


class Copied:
    """A campaign of eight in batches of two: one batch left, then the folder was copied, then more left."""

    def __init__(self, shop: Shop, tmp_path: Path, *, since: int) -> None:
        self.shop, self.state = shop, tmp_path / "state"
        self.account = shop.add_account(PEOPLE)
        shop.context = replace(shop.context, batch=2)
        watched(shop, self.state)
        self.campaign_id = shop.campaign().id
        after = dispatch.run_batch(shop.context, self.campaign_id, -1).after
        self.folder = copy_of(shop, tmp_path / "older")
        for _ in range(since):
            after = dispatch.run_batch(shop.context, self.campaign_id, after).after
        self.left = len(shop.gateways[self.account].submits)

    def let_go_on(self, copy: Shop) -> None:
        """What a person does who knows: accepts the copy and resumes the campaign."""
        seen = watched(copy, self.state)
        assert seen.guard() == "older_copy"
        assert copy.state(self.campaign_id) == (CampaignState.PAUSED, "older_copy")
        self.shop.clock.advance(1)
        accepted(copy, seen)
        copy.set_state(self.campaign_id, CampaignState.SENDING)


@pytest.mark.parametrize("host", ["here", "there"])
def test_a_copy_that_nobody_accepted_takes_no_replies(copied: Copied, host: str) -> None:
    """Somebody opens it to look at it, on this computer or another one, while the workspace itself goes on."""
    sender, account = copied.shop.gateways[copied.account], copied.account
    sender.stream["inbound"] = [InboundMessage("i1", "", person("c", 7).phone, "退订", NOW)]
    with opened(copied.shop, copied.folder) as copy:
        seen = watched(copy, copied.state if host == "here" else copied.folder / "state", host)
        if host == "there":
            copied.shop.clock.advance(1)
        started = Started()
        worker = Worker(copy.context, started)
        assert seen.guard() == ("older_copy" if host == "here" else "other_machine")
        worker.tick()
        assert (started, poll_all(copy.context, account)) == ([], {})
        accepted(copy, seen)
        copied.shop.clock.advance(POLL_EVERY.total_seconds())
        worker.tick()
        assert ("poll", account) in started
        assert poll_all(copy.context, account)["inbound"] == 1


@pytest.fixture
def copied(shop: Shop, tmp_path: Path) -> Copied:
    return Copied(shop, tmp_path, since=2)


def test_an_older_copy_submits_nothing_and_says_why(copied: Copied) -> None:
    with opened(copied.shop, copied.folder) as copy:
        watched(copy, copied.state)
        assert copy.run(copied.campaign_id).step is dispatch.Step.STOPPED
        assert copy.state(copied.campaign_id) == (CampaignState.PAUSED, "older_copy")
    assert len(copied.shop.gateways[copied.account].submits) == copied.left


def test_while_a_host_has_still_to_look_nothing_is_claimed_nor_stopped(shop: Shop) -> None:
    """Behind a server that took over; it ends by itself."""
    account, made = shop.add_account(PEOPLE), shop.campaign()
    shop.context = replace(shop.context, aside=lambda: True)
    assert dispatch.run_batch(shop.context, made.id, -1) == dispatch.BatchResult(dispatch.Step.LEAVES, -1)
    assert (shop.state(made.id)[0], shop.workspace.inbox.counts(made.id)["submitted"]) == (CampaignState.SENDING, 0)
    looks = iter((False,))  # the server is another one behind the claim
    shop.context = replace(shop.context, aside=lambda: next(looks, True))
    assert dispatch.run_batch(shop.context, made.id, -1).step is dispatch.Step.STOPPED
    assert (shop.state(made.id)[0], shop.gateways[account].submits) == (CampaignState.SENDING, [])
    shop.context = replace(shop.context, aside=lambda: False)
    assert shop.run(made.id).step is dispatch.Step.END
    assert shop.reached() == everybody(PEOPLE)


def test_who_lets_it_go_on_reaches_everybody_once(copied: Copied) -> None:
    """Including those whom the copy does not know as reached."""
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        assert copy.run(copied.campaign_id).step is dispatch.Step.END
        assert copy.state(copied.campaign_id)[0] is CampaignState.DONE
        assert copy.reached() == everybody(PEOPLE)
        assert copy.workspace.inbox.counts(copied.campaign_id)["accepted"] == PEOPLE
    assert max(Counter(copied.shop.gateways[copied.account].submits).values()) == 1


def test_a_restored_workspace_sends_nothing_by_itself_and_then_nobody_twice(shop: Shop, tmp_path: Path) -> None:
    account = shop.add_account(PEOPLE)
    shop.context = replace(shop.context, batch=2)
    campaign = shop.campaign()
    after = dispatch.run_batch(shop.context, campaign.id, -1).after
    file = backup_of(shop, tmp_path / "a.yunfa-backup")
    shop.clock.advance(60)
    for _ in range(2):
        after = dispatch.run_batch(shop.context, campaign.id, after).after
    left = len(shop.gateways[account].submits)
    with opened(shop, restored(shop, file, tmp_path / "restored")) as copy:
        seen = watched(copy, tmp_path / "state")
        assert (seen.guard(), copy.context.aside()) == ("restored", True), "the former one may be in use"
        refusal = InboundMessage("i1", "", person("c", 1).phone, "退订", copy.clock())
        copy.gateways[account].stream["inbound"], place = [refusal], copy.workspace.accounts.cursor(account, "inbound")
        copy.set_state(campaign.id, CampaignState.SENDING)
        copy.run(campaign.id)  # somebody resumed it first
        assert copy.state(campaign.id) == (CampaignState.PAUSED, "restored")
        assert copy.workspace.inbox.counts(campaign.id)["submitted"] == 2, "nothing is claimed"
        assert copy.workspace.accounts.cursor(account, "inbound") == place, "nor any reply taken"
        copy.gateways[account].stream.clear()
        accepted(copy, seen)
        assert copy.context.aside() is False
        assert copy.run(campaign.id).step is dispatch.Step.STOPPED
        assert copy.state(campaign.id) == (CampaignState.PAUSED, "restored")
        assert len(shop.gateways[account].submits) == left
        copy.set_state(campaign.id, CampaignState.SENDING)
        assert copy.run(campaign.id).step is dispatch.Step.END
        assert copy.reached() == everybody(PEOPLE)
        assert copy.workspace.inbox.counts(campaign.id)["accepted"] == PEOPLE
    assert max(Counter(shop.gateways[account].submits).values()) == 1


def test_no_token_is_renewed_in_a_copy_before_somebody_accepts_it(shop: Shop, tmp_path: Path) -> None:
    shop.workspace.secrets.put("account.1", "refresh")
    file = backup_of(shop, tmp_path / "a.yunfa-backup")
    with opened(shop, restored(shop, file, tmp_path / "restored")) as copy:
        secrets, seen = copy.workspace.secrets, watched(copy, tmp_path / "state")
        with pytest.raises(RemoteRefused) as refused, secrets.claim("account.1", "refresh", copy.clock):
            pass
        assert refused.value.code == "copy_waits"
        accepted(copy, seen)
        with secrets.claim("account.1", "refresh", copy.clock) as ours:
            assert ours


def test_at_a_sender_without_keys_whatever_it_may_have_is_left_to_a_person(copied: Copied) -> None:
    gateway = copied.shop.gateways[copied.account]
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, lookup=False)
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id) == (CampaignState.WAITING, "unknown_outcomes")
        assert copy.workspace.inbox.counts(copied.campaign_id)["unknown"] == PEOPLE - 2
    assert len(gateway.submits) == copied.left


def test_what_was_surely_not_taken_when_the_copy_was_made_may_have_been_taken_since(shop: Shop, tmp_path: Path) -> None:
    account = shop.add_account(2)
    gateway = shop.gateways[account]
    gateway.capabilities = replace(IDEMPOTENT, idempotent=False, lookup=False)
    watched(shop, tmp_path / "state")
    campaign = shop.campaign()
    gateway.fail_before = [RemoteUnavailable("throttled", "later")] * 6
    shop.run(campaign.id)
    assert gateway.accepted == {}
    folder = copy_of(shop, tmp_path / "older")
    shop.set_state(campaign.id, CampaignState.SENDING)
    assert shop.run(campaign.id).step is dispatch.Step.END
    left = len(gateway.submits)
    with opened(shop, folder) as copy:
        seen = watched(copy, tmp_path / "state")
        assert seen.guard() == "older_copy"
        accepted(copy, seen)
        copy.set_state(campaign.id, CampaignState.SENDING)
        copy.run(campaign.id)
        assert copy.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
    assert len(gateway.submits) == left


def test_a_batch_that_was_claimed_before_the_copy_is_settled_as_ever(shop: Shop, tmp_path: Path) -> None:
    """Whom it withheld, the sender knows nothing of: that is no other batch."""
    account = shop.add_account(4)
    gateway = shop.gateways[account]
    watched(shop, tmp_path / "state")
    campaign = shop.campaign()
    gateway.fail_after, gateway.fail_lookup = [OutcomeUnknown("timeout", "?")], [RemoteUnavailable("down", "?")] * 5
    shop.run(campaign.id)
    shop.clock.advance(1)
    shop.workspace.audit.record("something", actor="王", at=shop.clock())
    folder = copy_of(shop, tmp_path / "older")
    shop.workspace.audit.record("something else", actor="王", at=shop.clock())
    assert shop.context.seen() == ""
    gateway.accepted["ws1-1-0"].pop()
    with opened(shop, folder) as copy:
        seen = watched(copy, tmp_path / "state")
        assert seen.guard() == "older_copy"
        accepted(copy, seen)
        copy.set_state(campaign.id, CampaignState.SENDING)
        copy.run(campaign.id)
        assert copy.state(campaign.id) == (CampaignState.WAITING, "unknown_outcomes")
        assert copy.workspace.inbox.counts(campaign.id)["accepted"] == 3


def test_a_copy_older_than_the_sender_keeps_keys_believes_no_never_seen(copied: Copied) -> None:
    copied.shop.clock.advance(KEYS_KEPT.total_seconds() + 60)
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        campaign = copy.workspace.campaigns.campaign(copied.campaign_id)
        later = replace(campaign, window_end=copy.clock() + timedelta(hours=12))
        copy.workspace.campaigns.update(later, expected=CampaignState.SENDING)
        copied.shop.gateways[copied.account].accepted.clear()
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id) == (CampaignState.WAITING, "unknown_outcomes")
    assert len(copied.shop.gateways[copied.account].submits) == copied.left


def test_where_the_sender_was_given_others_under_a_key_nothing_more_leaves(copied: Copied) -> None:
    """Such as after the size of a batch was changed: of the keys that follow, "never seen" would prove nothing."""
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        copy.context = replace(copy.context, batch=3)
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id) == (CampaignState.PAUSED, "copy_differs")
    assert len(copied.shop.gateways[copied.account].submits) == copied.left


@pytest.mark.parametrize("changed", ["text", "people"])
def test_what_the_sender_was_given_of_another_text_or_for_others_is_not_taken_for_ours(
    copied: Copied, changed: str
) -> None:
    """The former workspace sent what was a draft when it was copied; in the copy the draft was then changed."""
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        if changed == "text":
            campaign = replace(copy.workspace.campaigns.campaign(copied.campaign_id), body="{name}，店庆开始了")
            copy.workspace.campaigns.update(campaign, expected=CampaignState.SENDING)
        else:
            member = campaign_member.c
            with copy.workspace.database.write() as connection:
                ids = connection.execute(sa.select(member.customer_id).order_by(member.seq)).scalars().all()
                connection.execute(sa.delete(campaign_member).where(member.seq == PEOPLE - 1))
                changing = sa.update(campaign_member).where(member.seq == 2)
                connection.execute(changing.values(customer_id=ids[-1]))
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id) == (CampaignState.PAUSED, "copy_differs")
    assert len(copied.shop.gateways[copied.account].submits) == copied.left


def test_whom_the_sender_leaves_out_of_its_answer_makes_no_other_batch(shop: Shop, tmp_path: Path) -> None:
    copied = Copied(shop, tmp_path, since=0)
    shop.workspace.audit.record("something", actor="王", at=shop.clock())
    assert shop.context.seen() == ""
    shop.gateways[copied.account].never_mentioned = {"c00002"}
    with opened(shop, copied.folder) as copy:
        copied.let_go_on(copy)
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id) == (CampaignState.WAITING, "unknown_outcomes")
        assert copy.workspace.inbox.counts(copied.campaign_id)["accepted"] == PEOPLE - 1


def test_a_batch_of_nobody_is_asked_for_too(copied: Copied) -> None:
    """The former workspace may have given its key to people further on."""
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        for platform in copy.platforms.values():
            platform.changes += [f"c{n:05d}" for n in (2, 3)]
            platform.truth |= {f"c{n:05d}": {"purposes": frozenset()} for n in (2, 3)}
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id) == (CampaignState.PAUSED, "copy_differs")
    assert len(copied.shop.gateways[copied.account].submits) == copied.left


@pytest.mark.parametrize("capability", ["idempotent", "lookup"])
def test_a_sender_that_cannot_be_asked_by_key_is_not(copied: Copied, capability: str) -> None:
    gateway = copied.shop.gateways[copied.account]
    gateway.capabilities = replace(IDEMPOTENT, **{capability: False})
    with opened(copied.shop, copied.folder) as copy:
        copied.let_go_on(copy)
        for platform in copy.platforms.values():
            platform.changes += everybody(PEOPLE)
            platform.truth |= {ref: {"purposes": frozenset()} for ref in everybody(PEOPLE)}
        copy.run(copied.campaign_id)
        assert copy.state(copied.campaign_id)[0] is CampaignState.DONE
    assert len(gateway.submits) == copied.left


def test_a_campaign_made_in_the_copy_uses_no_key_that_the_former_workspace_used(shop: Shop, tmp_path: Path) -> None:
    copied = Copied(shop, tmp_path, since=3)
    second = shop.campaign().id
    shop.run(second)
    with opened(shop, copied.folder) as copy:
        copied.let_go_on(copy)
        again = copy.campaign().id
        assert again == second
        assert copy.run(again).step is dispatch.Step.END
        assert copy.workspace.inbox.counts(again)["accepted"] == PEOPLE
    keys = shop.gateways[copied.account].submits
    assert len(keys) == len(set(keys)) == copied.left + 4 + 4


def test_a_copy_sends_no_test_message(copied: Copied) -> None:
    gateway = copied.shop.gateways[copied.account]
    gateway.capabilities = replace(IDEMPOTENT, test_messages=True)
    with opened(copied.shop, copied.folder) as copy:
        seen = watched(copy, copied.state)
        store = copy.workspace.staff
        copy.workspace.accounts.put_signatures(copied.account, [FILED], copy.clock())
        staff = store.register(ENTITY, "店长", Phone("19900000001"), actor="王", at=copy.clock()).id

        def tried(press: str) -> TrialState:
            wish = Wish(press, copied.campaign_id, None, staff, "【安宁百货】上新，拒收请回复R", "王")
            return send_trial(copy.context, store.wish(wish, ENTITY, copy.clock()).id)

        assert tried("p1") is TrialState.REFUSED
        assert gateway.tests == []
        accepted(copy, seen)
        assert tried("p2") is TrialState.ACCEPTED
        assert gateway.tests[0].message_id.startswith("ws1.")


def test_names_tell_the_lives_of_a_workspace_apart() -> None:
    first = Copy(NOW, "aa", 3, "restored")
    second = Copy(NOW + timedelta(days=1), "bb", 5, "older_copy")
    copies = (first, second)
    names = {number: name_for("ws", copies, number) for number in (3, 4, 6)}
    assert names == {3: "ws", 4: "ws.aa", 6: "ws.bb"}
    assert (name_now("ws", copies), name_now("ws", ())) == ("ws.bb", "ws")
    since = {number: copied_at(copies, number) for number in (3, 4, 6)}
    assert since == {3: first.made_at, 4: second.made_at, 6: None}


def test_what_was_not_copied_is_sent_as_ever(shop: Shop) -> None:
    account = shop.add_account(3)
    renew(shop)
    campaign = shop.campaign()
    assert shop.run(campaign.id).step is dispatch.Step.END
    assert shop.gateways[account].lookups == []
