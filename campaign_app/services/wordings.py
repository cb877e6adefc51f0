"""How consent is asked for (同意文案): wordings held to the rules, and every check kept for the self-check report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from campaign_app import assets
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.wordings import KINDS, Wordings, load_wordings
from campaign_app.domain.errors import NotAllowed, SettingsError
from campaign_app.domain.finding import Finding, Severity
from campaign_app.domain.ports import AccountStore, Clock
from campaign_app.domain.team import Permission
from campaign_app.domain.wording import CheckedWording, Noticed, WordingStore
from campaign_app.services.permitted import Permitted, needs
from campaign_app.services.window import BEIJING
from campaign_app.services.wording_files import fitting

LISTED: Final = 200
NAME_MAX: Final = 200


class ConsentWordings(Permitted):
    def __init__(self, store: WordingStore, accounts: AccountStore, clock: Clock) -> None:
        self._store, self._accounts, self._clock = store, accounts, clock

    def look(self, text: str, kind: str, language: str = "zh_CN") -> tuple[Finding, ...]:
        """What the rules say of a wording; nothing is kept. Raises SettingsError."""
        return looked_at(text, kind, self._clock(), language)

    @needs(Permission.VOUCH)
    def check(
        self, text: str, kind: str, *, entity_uscc: str, actor: str, account_id: int = 0, name: str = ""
    ) -> CheckedWording:
        """Looks and keeps: the text, its hash, who checked it when, what was found, by which version of the rules.

        Raises NotFound for an entity or shop, NotAllowed("wording_shop") for a shop of another entity.
        """
        found = self.look(text, kind)
        self._accounts.entity(entity_uscc)
        if account_id and self._accounts.account(account_id).entity_uscc != entity_uscc:
            raise NotAllowed("wording_shop", "The shop is another entity's")
        return self._store.add(
            CheckedWording(
                id=0,
                entity_uscc=entity_uscc,
                account_id=account_id,
                kind=kind,
                name=name.strip()[:NAME_MAX],
                sha256=sha256_of(text),
                text=text,
                rule_packs=shipped().version,
                findings=tuple(map(_noticed, found)),
                checked_by=actor,
                checked_at=self._clock(),
            )
        )

    def history(
        self,
        entity_uscc: str | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = LISTED,
    ) -> tuple[CheckedWording, ...]:
        """The checks of an entity, or all of them, the newest first: what the self-check report tells of."""
        return tuple(self._store.wordings(entity_uscc, since, until, limit))


@lru_cache(maxsize=1)
def shipped() -> Wordings:
    """The rules on how consent is asked for."""
    return load_wordings(assets.path("wordings"), fold_table(assets.path("tables", "fold.json")))


def looked_at(text: str, kind: str, now: datetime, language: str = "zh_CN") -> tuple[Finding, ...]:
    """What the rules say of a wording, by the law of today. Raises SettingsError."""
    if kind not in KINDS:
        raise SettingsError("wording_kind", "There is no such kind of wording", kinds=", ".join(KINDS))
    return shipped().check(fitting(text), kind, now.astimezone(BEIJING).date(), language)


def verdict_of(found: Iterable[Finding]) -> str:
    """block, warn or pass."""
    worst = max((each.severity for each in found), default=Severity.INFO)
    return "pass" if worst is Severity.INFO else worst.word


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _noticed(finding: Finding) -> Noticed:
    place, source = finding.span, finding.citation
    return Noticed(
        rule=finding.rule_id,
        severity=finding.severity.word,
        start=place.start,
        end=place.end,
        text=finding.text,
        message=finding.message,
        law=source.named,
        verified=source.verified,
    )
