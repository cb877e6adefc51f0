"""The self-check report (自查自纠): what a workspace can count of a period."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from campaign_app.domain.ports import AccountStore, AuditLog, Clock
from campaign_app.domain.self_check import BEIJING, Period, ReportStore, Stage
from campaign_app.services import self_check_after as after
from campaign_app.services import self_check_sent as sent
from campaign_app.services.self_check_gathered import Gathered
from campaign_app.services.self_check_numbers import Chapter, SelfCheck, Stamp, Unverified

if TYPE_CHECKING:
    from campaign_app.compliance import RuleSet

EXPORTED: Final = "report.exported"
CHAPTERS: Final[tuple[Callable[[Gathered], Chapter], ...]] = (
    *(sent.scope, sent.sending, sent.audience, sent.wording),
    *(after.signatures, after.opt_outs, after.complaints, after.fixes, after.rules, after.peaks),
)


class SelfChecks:
    """`rules` gives those in force, `stamp` the latest head that an authority outside has stamped, with time and name.

    `tick` is told how far it is (0 to 1) and may raise to cancel.
    """

    def __init__(
        self,
        store: ReportStore,
        accounts: AccountStore,
        audit: AuditLog,
        rules: Callable[[], RuleSet],
        clock: Clock,
        stamp: Callable[[], Stamp | None] = lambda: None,
    ) -> None:
        self._store, self._accounts, self._audit = store, accounts, audit
        self._rules, self._clock, self._stamp = rules, clock, stamp

    @contextmanager
    def measured(
        self, period: Period, stage: Stage, tick: Callable[[float], object] = lambda _: None
    ) -> Iterator[SelfCheck]:
        rules = self._rules()
        chapters: list[Chapter] = []
        done = 0.0
        with self._store.facts(period, lambda: tick(done)) as facts:
            gathered = Gathered(facts, period, self._clock().astimezone(BEIJING).date())
            for place, chapter in enumerate(CHAPTERS):
                done = place / len(CHAPTERS)
                chapters.append(chapter(gathered))
            number, last = facts.audit_head()
            yield SelfCheck(
                period=period,
                stage=stage,
                made_at=self._clock(),
                entities=tuple((entity.uscc, entity.name) for entity in self._accounts.entities()),
                chapters=tuple(chapters),
                rule_packs=rules.version,
                unverified=_unverified(rules),
                simulated=any(shop.simulated for shop in facts.shops()),
                head=(number, last.hex()),
                stamp=self._stamp(),
                facts=facts,
            )

    def exported(self, report: SelfCheck, *, kind: str, sha256: str, actor: str) -> None:
        """Puts down what was handed out, with the head of the audit that stands in it."""
        self._audit.record(
            EXPORTED, actor=actor, at=self._clock(), format=kind, file_sha256=sha256, stage=report.stage.value,
            first=report.period.first.isoformat(), last=report.period.last.isoformat(),
            head=f"{report.head[0]}:{report.head[1]}",
        )  # fmt: skip


def _unverified(rules: RuleSet) -> tuple[Unverified, ...]:
    return tuple(
        Unverified(rule.id, dated.citation.law, dated.citation.article)
        for rule in rules.rules
        for dated in rule.citations
        if not dated.citation.verified
    )
