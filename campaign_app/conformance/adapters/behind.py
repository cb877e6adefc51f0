"""The client of a platform behind a proxy that spoils what its simulator answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import Final

from campaign_app.conformance.adapters.cases import PlatformCase, Running
from campaign_app.conformance.adapters.tampering import Tampering, tampering
from campaign_app.consent import Ask, ConfirmedRecipient, Person, Policy, decide
from campaign_app.consent.gate import Refusal
from campaign_app.domain.consent import Channel, ConsentFact, ConsentMethod, ConsentStatus, CustomerRef, Evidence
from campaign_app.domain.errors import RemoteError
from campaign_app.domain.platform import Capabilities
from campaign_app.domain.ports import Clock, PlatformClient
from campaign_app.platforms import adapter_for, client_for
from campaign_app.platforms.endorsed import lowered

ASKED: Final = 5
LONGEST: Final = 10.0  # seconds that one check waits in all
Started = Callable[[PlatformCase], Running]


class Broken(AssertionError):
    """The adapter does not keep to a rule."""


def expect(holds: object, words: str) -> None:
    """Raises Broken where it does not hold."""
    if not holds:
        raise Broken(words)


@dataclass
class Waiting:
    """Waits as a client asks for it, so that a simulator with a budget is not overdrawn; but for no trouble of ours."""

    proxy: Tampering
    wait: Callable[[float], object]
    left: float = LONGEST

    def __call__(self, seconds: float) -> None:
        taken = 0.0 if self.proxy.is_broken else min(seconds, self.left)
        if taken > 0:
            self.left -= taken
            self.wait(taken)


@dataclass
class Behind:
    """The simulator of a case, the proxy before it, and the adapter's own client of the proxy."""

    case: PlatformCase
    running: Running
    proxy: Tampering
    client: PlatformClient
    clock: Clock

    @property
    def offers(self) -> Capabilities:
        """What the adapter says that it can; nothing is asked for it."""
        return adapter_for(self.case.name).capabilities

    @property
    def only_vetoes(self) -> bool:
        """Whether it knows people who may not be reached, and nobody who may: then a consent service says who may."""
        return self.offers.vetoes and not self.offers.consent_lookup

    def refs(self, count: int = ASKED) -> list[CustomerRef]:
        """People whom the simulator confirms, or where it confirms nobody, of whom it says nothing."""
        account, used = self.running.account.id, self.running.used
        confirmed = [CustomerRef(account, ref) for ref in self.running.confirmed if ref not in used]
        return (confirmed if self.running.confirmed else self.silent())[:count]

    def use_up(self) -> CustomerRef:
        """Somebody whose consent is to be changed, and who is no use to other checks from then on."""
        (ref,) = self.refs(1)
        self.running.used.append(ref.ref)
        return ref

    def somebody_used(self) -> CustomerRef:
        """Somebody whose consent was changed already, so that telling it again costs nobody else."""
        used = self.running.used
        return CustomerRef(self.running.account.id, used[-1]) if used else self.use_up()

    def refused(self) -> dict[CustomerRef, ConsentStatus]:
        """Who must not pass, by the status of their fact; without those whose consent a test changed."""
        account, said = self.running.account.id, self.running.refused
        return {CustomerRef(account, ref): status for ref, status in said.items() if ref not in self.running.used}

    def silent(self) -> list[CustomerRef]:
        """Of whom a platform without consents says nothing at all."""
        known = self.running.vetoed
        return [ref for ref, said in self.refused().items() if said is ConsentStatus.UNKNOWN and ref.ref not in known]

    def ask(self, refs: Sequence[CustomerRef]) -> dict[CustomerRef, ConsentFact]:
        facts = dict(self.client.consents(refs).facts)
        expect(facts.keys() == set(refs), "one fact for everybody who was asked, and for nobody else")
        others = {ref.ref: fact.ref.ref for ref, fact in facts.items() if fact.ref != ref}
        expect(not others, f"facts are about others than were asked for: {others}")
        return facts

    def passes(self, fact: ConsentFact, *, simulated_sender: bool = True) -> bool:
        """Whether the program would write to this person. Beside a platform that only vetoes stands a consent service

        that confirms everybody.
        """
        told = lowered(self._service_says(fact.ref), fact) if self.only_vetoes else fact
        return self.confirms(told, simulated_sender=simulated_sender)

    def confirms(self, fact: ConsentFact, *, simulated_sender: bool = True) -> bool:
        """Whether the platform's word alone is enough."""
        return isinstance(self.judge(fact, simulated_sender=simulated_sender), ConfirmedRecipient)

    def _service_says(self, ref: CustomerRef) -> ConsentFact:
        now, uscc = self.clock(), self.running.account.entity_uscc
        evidence = Evidence(
            "a-consent-service", "consent_api", "1.0", simulated=True,
            request_id="1", receipt_id="1", leaf="{}", leaf_index=0,
        )  # fmt: skip
        return ConsentFact(
            ref, ConsentStatus.CONFIRMED, now, ConsentMethod.EXPLICIT_TOGGLE, Channel.ANY,
            frozenset({self.running.purpose}), uscc, obtained_at=now, checked_at=now, evidence=evidence,
        )  # fmt: skip

    def judge(
        self, fact: ConsentFact, *, later: timedelta = timedelta(0), simulated_sender: bool = True
    ) -> ConfirmedRecipient | Refusal:
        now, running = self.clock() + later, self.running
        policy = Policy(clock_skew=timedelta(seconds=60))
        ask = Ask(1, running.purpose, running.account.entity_uscc, now, now, policy, simulated_sender=simulated_sender)
        return decide(Person(1, 1, fact), ask)

    def asks_in_vain(self, refs: Sequence[CustomerRef], *, about: int | None = None) -> None:
        """It ends in an error of ours, or in a fact for each, of which the first `about` do not pass."""
        try:
            facts = self.ask(refs)
        except RemoteError as error:
            if "13800000001" in f"{error!r}{error.facts}":
                raise Broken("an error shows what the platform said") from error
            return
        expect(not any(self.passes(facts[ref]) for ref in refs[:about]), "somebody passes by an answer that was spoilt")


@contextmanager
def starting() -> Iterator[Started]:
    """Every simulator is started once, when it is first asked for."""
    running: dict[str, Running] = {}
    with ExitStack() as stack:

        def start(case: PlatformCase) -> Running:
            if case.name not in running:
                running[case.name] = stack.enter_context(case.start())
            return running[case.name]

        yield start


@contextmanager
def standing_behind(
    case: PlatformCase, running: Running, clock: Clock, wait: Callable[[float], object] | None = None
) -> Iterator[Behind]:
    """`wait` replaces the waiting for a simulator that asks for time."""
    with tampering(running.account.base_url) as proxy:
        path = re.sub(r"^https?://[^/]+", "", running.account.base_url)
        account = replace(running.account, base_url=proxy.url + path) if case.http else running.account
        client = client_for(account, running.secret, clock, wait=Waiting(proxy, wait or Event().wait))
        try:
            yield Behind(case, running, proxy, client, clock)
        finally:
            if close := getattr(client, "close", None):
                close()
