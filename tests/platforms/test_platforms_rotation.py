"""Keys are rotated by an overlap, and capabilities negotiated; over real HTTP against the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from campaign_app.domain.consent import ConsentStatus, CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.platform import Capabilities
from campaign_app.platforms import adapter_for, client_for
from campaign_app.platforms.connection import after_rotation
from campaign_app.platforms.consent_api import ConsentApiPlatform
from campaign_app.transport.receipts import ReceiptVerifier
from tests.helpers.connected import Connected, clock, connect, no_wait
from tests.helpers.receipts import proves
from tests.helpers.sandbox import SandboxProcess

OLD, NEW, NEWER = "sandbox-receipts-1", "sandbox-receipts-2", "sandbox-receipts-3"


@dataclass
class Pinning:
    """A client whose pinned keys are kept, and whose clock can be put forward."""

    sandbox: SandboxProcess
    connected: Connected
    refs: list[str]
    pinned: list[str] = field(default_factory=list)
    ahead: timedelta = timedelta(0)
    client: ConsentApiPlatform = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.made(self.connected.account)

    def made(self, account: Account, *, keep: bool = True) -> ConsentApiPlatform:
        pin = (lambda _, keys: self.pinned.append(keys)) if keep else None
        made = client_for(account, self.sandbox.shops[0].private_key, self.now, wait=no_wait, pin=pin)
        assert isinstance(made, ConsentApiPlatform)
        return made

    def now(self) -> datetime:
        return clock() + self.ahead

    def statuses(self, client: ConsentApiPlatform | None = None) -> tuple[set[ConsentStatus], set[str]]:
        asked = [CustomerRef(self.connected.account.id, ref) for ref in self.refs]
        facts = (client or self.client).consents(asked).facts.values()
        return {fact.status for fact in facts}, {fact.note for fact in facts}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxProcess]:
    with SandboxProcess(customers=50) as running:
        yield running


@pytest.fixture
def pinning(sandbox: SandboxProcess) -> Iterator[Pinning]:
    sandbox.rotate_keys([OLD], OLD)
    sandbox.withhold()
    connected = connect(sandbox)
    refs = [customer.ref for customer in connected.everybody()][:3]
    for ref in refs:
        sandbox.set_consent(sandbox.shops[0].shop, ref, "confirmed")
    made = Pinning(sandbox, connected, refs)
    yield made
    made.client.close()
    connected.close()
    sandbox.rotate_keys([OLD], OLD)
    sandbox.withhold()


CONFIRMED = ({ConsentStatus.CONFIRMED}, {""})
UNPINNED = ({ConsentStatus.UNKNOWN}, {"unpinned_key"})


def test_a_key_that_is_published_beside_a_pinned_one_is_pinned_before_it_proves(pinning: Pinning) -> None:
    before = pinning.connected.account.pinned_keys
    pinning.sandbox.rotate_keys([OLD, NEW], NEW)
    assert pinning.statuses() == CONFIRMED
    (kept,) = pinning.pinned
    assert [key["kid"] for key in json.loads(kept)["keys"]] == [OLD, NEW]
    assert json.loads(before)["keys"] == json.loads(kept)["keys"][:1]


def test_a_key_that_leaves_after_the_overlap_still_proves_what_it_signed(pinning: Pinning) -> None:
    asked = [CustomerRef(pinning.connected.account.id, ref) for ref in pinning.refs]
    old = pinning.client.consents(asked)
    pinning.sandbox.rotate_keys([OLD, NEW], NEW)
    assert pinning.statuses() == CONFIRMED
    pinning.ahead += timedelta(minutes=2)
    pinning.sandbox.rotate_keys([NEW, NEWER], NEWER)
    assert pinning.statuses() == CONFIRMED
    kept = json.loads(pinning.pinned[-1])
    assert [key["kid"] for key in kept["keys"]] == [NEW, NEWER]
    assert [key["kid"] for key in kept["retired"]] == [OLD]
    again = replace(pinning.connected.account, pinned_keys=pinning.pinned[-1])
    assert pinning.made(again).check_connection().ok
    every = ReceiptVerifier({"keys": kept["keys"] + kept["retired"]})
    fact = old.facts[asked[0]]
    assert fact.evidence is not None
    assert proves(old.receipts[0], fact.evidence, every)
    assert not proves(old.receipts[0], fact.evidence, ReceiptVerifier(pinning.pinned[-1]))


@pytest.mark.parametrize(
    ("published", "changed"),
    [([NEW], []), ([OLD], []), ([OLD, NEW], [OLD]), ([NEW], [NEW])],
    ids=["no overlap", "not published", "another key under an old name", "another key alone"],
)
def test_any_other_change_of_keys_confirms_nobody(pinning: Pinning, published: list[str], changed: list[str]) -> None:
    pinning.sandbox.rotate_keys(published, NEW, changed=changed)
    assert pinning.statuses() == UNPINNED
    assert not pinning.pinned
    report = pinning.client.check_connection()
    assert (report.ok, report.problem) == ((True, "") if published == [OLD] else (False, "keys_changed"))


def test_a_retired_name_does_not_come_back_with_another_key(pinning: Pinning) -> None:
    kept = after_rotation(pinning.connected.account.pinned_keys, _jwks(pinning, [NEW]))
    account = replace(pinning.connected.account, pinned_keys=kept)
    pinning.sandbox.rotate_keys([OLD, NEW], OLD, changed=[OLD])
    client = pinning.made(account)
    assert pinning.statuses(client) == UNPINNED
    assert client.check_connection().problem == "keys_changed"
    client.close()


def _jwks(pinning: Pinning, published: list[str]) -> str:
    pinning.sandbox.rotate_keys(published, published[0])
    connected = connect(pinning.sandbox)
    connected.close()
    return connected.account.pinned_keys


def test_another_issuer_brings_no_keys_along(pinning: Pinning) -> None:
    account = replace(pinning.connected.account, issuer_uscc="91110000MA0000009X")
    pinning.sandbox.rotate_keys([OLD, NEW], NEW)
    client = pinning.made(account)
    assert pinning.statuses(client) == UNPINNED
    assert not pinning.pinned
    client.close()


def test_where_nobody_keeps_keys_none_is_believed(pinning: Pinning) -> None:
    pinning.sandbox.rotate_keys([OLD, NEW], NEW)
    client = pinning.made(pinning.connected.account, keep=False)
    assert pinning.statuses(client) == UNPINNED
    client.close()


def test_a_platform_is_not_asked_for_keys_again_and_again(pinning: Pinning) -> None:
    pinning.sandbox.rotate_keys([OLD], NEW)
    fired = "error500"
    assert pinning.statuses() == UNPINNED
    pinning.sandbox.faults(fault=fired, path="/.well-known/jwks.json", times=9)
    assert pinning.statuses() == UNPINNED
    pinning.sandbox.faults("none", clear=True)
    pinning.sandbox.rotate_keys([OLD, NEW], NEW)
    assert pinning.statuses() == UNPINNED
    pinning.ahead += timedelta(minutes=2)
    assert pinning.statuses() == CONFIRMED


# --- what a server does not offer ------------------------------------------------------------------------------------


def test_what_a_server_does_not_offer_is_said_and_not_asked(pinning: Pinning) -> None:
    pinning.sandbox.withhold("consents_changes", "messages", "signatures", "customers", "opt_outs")
    client = pinning.made(pinning.connected.account)
    assert client.capabilities() == Capabilities(consent_lookup=True)
    report = client.check_connection()
    assert (report.ok, set(report.missing)) == (
        True,
        {"consent_changes", "messages", "signatures", "customers", "opt_out_write"},
    )
    _refuses_all(client, pinning)
    assert pinning.statuses(client) == CONFIRMED
    client.close()


def test_an_endpoint_that_is_not_there_is_not_offered_whatever_was_said(pinning: Pinning) -> None:
    assert pinning.client.capabilities() == adapter_for("consent_api").capabilities
    pinning.sandbox.withhold("consents_changes", "signatures", "customers", "opt_outs")
    _refuses_all(pinning.client, pinning)


def _refuses_all(client: ConsentApiPlatform, pinning: Pinning) -> None:
    ref = CustomerRef(pinning.connected.account.id, pinning.refs[0])
    for ask in (
        lambda: client.customers("", None),
        lambda: client.consent_changes(""),
        client.signatures,
        lambda: client.write_opt_out(ref, "reply", clock()),
    ):
        with pytest.raises(RemoteRefused) as info:
            ask()
        assert info.value.code == "not_offered"


def test_without_look_ups_nobody_connects(pinning: Pinning) -> None:
    pinning.sandbox.withhold("consents_lookup")
    assert pinning.client.check_connection().problem == "no_lookup"
    with pytest.raises(RemoteRefused):
        pinning.statuses()


def test_people_who_were_erased_are_named_and_not_described(pinning: Pinning) -> None:
    ref = pinning.refs[0]
    pinning.sandbox.redact(pinning.sandbox.shops[0].shop, ref)
    page = pinning.client.customers("", None)
    assert page.redacted == (ref,)
    assert ref not in {customer.ref for customer in page.items}
