"""Test messages as a person asks for them: the very text, checked for now, to a number of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.customer import Entity
from campaign_app.domain.errors import AppError, NotAllowed, NotFound, SettingsError
from campaign_app.domain.signature import SignatureRecord
from campaign_app.domain.staff import TrialState
from campaign_app.jobs.trying import send_trial
from tests.fakes.remotes import ENTITY, IDEMPOTENT
from tests.helpers.connect_again import connect_again
from tests.helpers.staged import CLEAN, KEY, WARNED, Staged, open_by_day, stage

OTHER = "91440300MA5D00002Y"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "workspace"
    bootstrap.create_app(folder, MemoryKeeper(KEY)).close()
    return folder


@pytest.fixture
def app(made: Path, tmp_path: Path) -> Iterator[bootstrap.App]:
    yield from open_by_day(made, tmp_path / "workspace")


@pytest.fixture
def staged(app: bootstrap.App) -> Staged:
    made = stage(app)
    made.shop.gateways[made.account].capabilities = replace(IDEMPOTENT, test_messages=True)
    return made


def register(staged: Staged, label: str = "店长", number: str = "199 0000 0001") -> int:
    return staged.app.staff_numbers.register(ENTITY, label, number, vouched=True, actor="王").id


def code_of(refused: pytest.ExceptionInfo[AppError]) -> str:
    return refused.value.code


def test_the_worker_sends_the_very_text_that_was_checked(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    (reader,) = staged.app.composing.sample(campaign, 1)
    trial = staged.app.test_messages.send(campaign.id, to, press="p", customer_id=reader.customer_id, actor="王")
    assert trial.text == f"【安宁百货】{CLEAN.replace('{name}', reader.name)}"
    assert (trial.state, trial.masked) == (TrialState.QUEUED, "199****0001")
    assert staged.app.test_messages.outcome(trial.id) == trial
    staged.shop.clock.now = staged.app.clock()
    send_trial(staged.shop.context, trial.id)
    assert staged.app.test_messages.outcome(trial.id).state is TrialState.ACCEPTED
    (message,) = staged.shop.gateways[staged.account].tests
    assert message.text == trial.text
    known = staged.app.test_messages.trying(campaign.id)
    assert (known.left, known.cap, known.last and known.last.id) == (19, 20, trial.id)
    assert [n.label for n in known.numbers] == ["店长"]


def test_one_press_is_one_message_whatever_changed_since(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    first = staged.app.test_messages.send(campaign.id, to, press="p", actor="王")
    staged.app.campaigns.edit(campaign.id, actor="王", body="全网最低价")
    assert staged.app.test_messages.send(campaign.id, to, press="p", actor="王") == first
    assert len([job for job in staged.app.jobs.open_jobs() if job.kind == "test"]) == 1


def test_a_warning_does_not_stop_a_test_and_a_block_does(staged: Staged) -> None:
    to = register(staged)
    assert staged.app.test_messages.send(staged.draft(WARNED).id, to, press="a", actor="王").id
    with pytest.raises(NotAllowed) as refused:
        staged.app.test_messages.send(staged.draft("{name}您好，国家级品质。拒收请回复R").id, to, press="b", actor="王")
    assert code_of(refused) == "test_blocked"
    assert refused.value.facts["rule"]


def test_no_test_leaves_over_the_port_of_another_signature(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    shop = staged.app.workspace.accounts.account(staged.account)
    connect_again(staged.app.workspace.accounts, replace(shop, options={"source": "1069000"}))
    staged.app.workspace.filings.put_record(SignatureRecord(ENTITY, "安宁会员", "1069000"))
    with pytest.raises(NotAllowed) as refused:
        staged.app.test_messages.send(campaign.id, to, press="p", actor="王")
    assert (code_of(refused), refused.value.facts) == ("port_taken", {"port": "1069000", "text": "安宁会员"})
    assert "SIG-012" in {each.rule_id for each in staged.app.campaigns.check(campaign.id).findings}


def test_quiet_hours_and_the_cap_are_said_at_once(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    staged.app.workspace.accounts.set_setting("tests_per_day", 0)
    with pytest.raises(NotAllowed) as refused:
        staged.app.test_messages.send(campaign.id, to, press="p", actor="王")
    assert code_of(refused) == "test_cap"
    staged.app.workspace.accounts.set_setting("window_opens", "21:00")
    with pytest.raises(NotAllowed) as refused:
        staged.app.test_messages.send(campaign.id, to, press="p", actor="王")
    assert code_of(refused) == "quiet_hours"


def test_another_entitys_customer_or_number_is_none(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    staged.app.workspace.accounts.add_entity(Entity(OTHER, "另一家"))
    theirs = staged.app.staff_numbers.register(OTHER, "店长", "19900000009", vouched=True, actor="王").id
    for staff, customer in ((theirs, None), (to, 10_000)):
        with pytest.raises(NotFound):
            staged.app.test_messages.send(campaign.id, staff, press="p", customer_id=customer, actor="王")
    store = staged.app.workspace.accounts
    foreign = replace(store.account(staged.account), entity_uscc=OTHER, key_id="other", base_url="http://127.0.0.1/o")
    account = store.add_account(foreign)
    from tests.helpers.shop import person

    staged.app.workspace.customers.upsert_page(account.id, [person("z", 1, 70)], "", staged.app.clock())
    stranger = next(
        iter(
            staged.app.workspace.customers.ids_of_numbers(
                account.id,
                [staged.app.workspace.phone_keys.of_phone(person("z", 1, 70).phone)],
            )
        )
    )
    with pytest.raises(NotFound):
        staged.app.test_messages.send(campaign.id, to, press="p", customer_id=stranger, actor="王")


def test_a_number_is_named_by_its_note(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    assert staged.app.test_messages.labelled(campaign.id, "店长").id == to
    with pytest.raises(NotFound):
        staged.app.test_messages.labelled(campaign.id, "别人")


def test_what_the_worker_left_open_never_leaves(staged: Staged) -> None:
    campaign, to, service = staged.draft(), register(staged), staged.app.test_messages
    waiting, begun = (service.send(campaign.id, to, press=press, actor="王") for press in "ab")
    staged.app.workspace.staff.claim(begun.id, staged.account, cap=20, at=staged.app.clock())
    for trial in (waiting, begun):
        staged.app.jobs.set_state(trial.job_id, "failed", error="disk_full")
    assert (service.outcome(waiting.id).state, service.outcome(waiting.id).code) == (TrialState.REFUSED, "disk_full")
    assert (service.outcome(begun.id).state, service.outcome(begun.id).code) == (TrialState.UNKNOWN, "interrupted")
    staged.app.jobs.enqueue("poll", {"account_id": 1}, staged.app.clock())
    staged.app.jobs.forget([waiting.job_id])
    assert service.outcome(waiting.id).code == "interrupted"


@pytest.mark.parametrize(
    ("label", "number", "vouched", "code"),
    [
        (" ", "19900000001", True, "staff_label_length"),
        ("长" * 21, "19900000001", True, "staff_label_length"),
        ("店长", "0571-88888888", True, "staff_number_bad"),
        ("店长", "19900000001", False, "staff_unsure"),
    ],
)
def test_a_number_needs_a_note_and_somebody_who_vouches(
    staged: Staged, label: str, number: str, vouched: bool, code: str
) -> None:
    with pytest.raises((NotAllowed, SettingsError)) as refused:
        staged.app.staff_numbers.register(ENTITY, label, number, vouched=vouched, actor="王")
    assert code_of(refused) == code
    assert staged.app.staff_numbers.of(ENTITY) == ()


def test_a_removed_number_is_gone(staged: Staged) -> None:
    staged.app.staff_numbers.remove(register(staged), actor="王")
    assert staged.app.staff_numbers.of(ENTITY) == ()


def test_yesterdays_messages_leave_room_today(staged: Staged) -> None:
    campaign, to = staged.draft(), register(staged)
    trial = staged.app.test_messages.send(campaign.id, to, press="p", actor="王")
    staged.app.workspace.staff.claim(trial.id, staged.account, cap=20, at=staged.app.clock() - timedelta(days=1))
    assert staged.app.test_messages.trying(campaign.id).left == 20
