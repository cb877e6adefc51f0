"""A workspace with a known past, row by row, for reports: who was sent what and when, and what came back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import sqlalchemy as sa

from campaign_app.domain.audience import Filter
from campaign_app.domain.campaign import Campaign
from campaign_app.domain.customer import Account, Entity
from campaign_app.domain.peak import Duty, PlanState, Wish
from campaign_app.domain.phone import Phone
from campaign_app.storage import schema
from campaign_app.storage.schema_cases import complaint_case
from campaign_app.storage.schema_lookback import consent_wording, lookback_run, lookback_task
from campaign_app.storage.schema_peaks import peak_pause
from campaign_app.storage.schema_sending import (
    campaign_member,
    campaign_stop,
    campaign_warning,
    inbound,
    ledger,
    ledger_latest,
    submission,
)
from campaign_app.storage.times import to_ms
from campaign_app.storage.workspace import Workspace

ENTITY, ISSUER = "91330100MA0000001X", "91110000MA0000009X"


def key_of(person: int) -> bytes:
    return sha256(f"person {person}".encode()).digest()


class Year:
    def __init__(self, store: Workspace, people: int, made_at: datetime) -> None:
        self.store, self._ids, self._at = store, count(1), to_ms(made_at)
        store.accounts.add_entity(Entity(ENTITY, "安宁百货有限公司"))
        shop = Account(0, "consent_api", "旗舰店", "https://a.example", ENTITY, ISSUER, "登记处", "k", False, "{}")
        self.shop = store.accounts.add_account(shop).id
        self.put(
            schema.consent_source,
            id=1,
            account_id=self.shop,
            issuer_uscc=ISSUER,
            platform="consent_api",
            api_version="1",
            simulated=0,
            request_id="",
            receipt_id="",
            receipt_row=None,
            api_method="",
        )
        for person in range(people):
            self.put(
                schema.customer,
                id=person + 1,
                account_id=self.shop,
                ref=f"c{person}",
                name="",
                province="",
                city="",
                spend_cents=0,
                order_count=0,
                tags="",
                attributes="{}",
                updated_at=0,
                seen_at=0,
            )
            self.fact(person)

    def put(self, table: sa.Table, **values: Any) -> None:
        with self.store.database.write() as connection:
            connection.execute(sa.insert(table).values(values))

    def fact(self, person: int, status: str = "confirmed", method: str = "explicit_toggle") -> None:
        """The newest that is known of a person."""
        number = next(self._ids)
        self.put(
            schema.consent_fact,
            id=number,
            customer_id=person + 1,
            status=status,
            method=method,
            channel="sms",
            purposes='["retail"]',
            entity_uscc=ENTITY,
            observed_at=self._at,
            source_id=1,
            note="",
        )
        with self.store.database.write() as connection:
            latest = schema.consent_latest
            connection.execute(sa.delete(latest).where(latest.c.customer_id == person + 1))
        self.put(schema.consent_latest, customer_id=person + 1, fact_id=number, judged_at=0, refused=0)

    def campaign(self, purpose: str = "retail", name: str = "上新") -> int:
        return self.store.campaigns.create(Campaign(0, name, ENTITY, purpose, Filter(), signature="安宁百货")).id

    def members(self, campaign: int, reasons: Sequence[str | None]) -> None:
        for seq, reason in enumerate(reasons):
            self.put(campaign_member, campaign_id=campaign, seq=seq, customer_id=seq + 1, reason=reason)

    def send(self, campaign: int, at: datetime, people: dict[int, str]) -> None:
        """One batch: what became of each person's message, "" for nothing yet."""
        batch, seqs = next(self._ids), sorted(people)
        self.put(
            submission,
            id=batch,
            campaign_id=campaign,
            account_id=self.shop,
            key=f"k{batch}",
            first_seq=seqs[0],
            last_seq=seqs[-1],
            claimed_at=to_ms(at),
            settled=1,
            refused_parts=0,
        )
        for person, outcome in people.items():
            with self.store.database.read() as connection:
                facts = connection.execute(
                    sa.select(schema.consent_fact.c.id).where(
                        schema.consent_fact.c.customer_id == person + 1, schema.consent_fact.c.status == "confirmed"
                    )
                ).scalars()
                fact = max(facts)
            row = next(self._ids)
            self.put(
                ledger,
                id=row,
                submission_id=batch,
                campaign_id=campaign,
                seq=person,
                customer_id=person + 1,
                fact_id=fact,
                fact_status="confirmed",
                message_id=f"m{row}",
                dedupe_key=key_of(person),
                text="上新",
            )
            if outcome:
                self.put(ledger_latest, campaign_id=campaign, ledger_id=row, outcome=outcome, n=1)

    def opt_out(self, person: int, at: datetime, delay: timedelta, campaign: int | None = None) -> None:
        """A reply, and the mark that follows from it."""
        number, phone = next(self._ids), self.store.inbox.keys.phones.seal(Phone("13800001234"))
        self.put(
            inbound,
            id=number,
            account_id=self.shop,
            inbound_id=f"i{number}",
            ref=f"c{person}",
            text="R",
            phone_sealed=phone,
            received_at=to_ms(at),
            stored_at=to_ms(at + delay),
            opt_out=1,
            campaign_id=campaign,
        )
        self.mark(person, at)

    def mark(self, person: int, at: datetime, kind: str = "opt_out") -> None:
        self.put(
            schema.suppression,
            id=next(self._ids),
            entity_uscc=ENTITY,
            key=key_of(person),
            kind=kind,
            since=to_ms(at),
            source="reply",
            note="",
        )

    def lift(self, person: int, granted_at: datetime) -> None:
        self.put(
            schema.suppression_lift,
            id=next(self._ids),
            entity_uscc=ENTITY,
            key=key_of(person),
            kind="opt_out",
            granted_at=to_ms(granted_at),
            fact_id=1,
            reviewer="李",
            at=to_ms(granted_at),
        )

    def tell(self, person: int, at: datetime, settled: datetime | None, state: str = "told") -> None:
        self.put(
            schema.opt_out_outbox,
            account_id=self.shop,
            ref=f"c{person}",
            since=to_ms(at),
            reason="reply",
            state=state,
            code="",
            settled_at=None if settled is None else to_ms(settled),
        )

    def complain(
        self, at: datetime, delay: timedelta, campaign: int | None = None, answered: datetime | None = None
    ) -> None:
        number = next(self._ids)
        self.put(
            complaint_case, id=number, entity_uscc=ENTITY, source="r12321", way="form", number=f"p{number}",
            account_id=self.shop, ref="c1", text="", port="", signature="", made_at=to_ms(at), received_at=to_ms(at),
            entered_at=to_ms(at + delay), entered_by="李", state="answered" if answered else "open",
            campaign_id=campaign, answered_at=None if answered is None else to_ms(answered),
        )  # fmt: skip

    def task(self, campaign: int, at: datetime, *, done: bool) -> None:
        self.put(lookback_run, id=(run := next(self._ids)), since=0, until=1, state="done", asked_by="李", asked_at=0)
        self.put(
            lookback_task, id=next(self._ids), run_id=run, campaign_id=campaign, reason="default_consent", rules="",
            what="核实", owner="李", due="", done=int(done), note="", made_by="李", made_at=to_ms(at), changed_by="李",
            changed_at=to_ms(at),
        )  # fmt: skip

    def wording(self, at: datetime, findings: str) -> None:
        self.put(
            consent_wording, id=next(self._ids), entity_uscc=ENTITY, account_id=0, kind="agreement", name="协议",
            sha256="ab", text="…", rule_packs="v", findings=findings, checked_by="李", checked_at=to_ms(at),
        )  # fmt: skip

    def warn(self, campaign: int, rule: str, confirmed_by: str = "") -> None:
        self.put(campaign_warning, campaign_id=campaign, rule_id=rule, confirmed_by=confirmed_by)

    def stop(self, campaign: int, seq: int, rules: str) -> None:
        self.put(campaign_stop, campaign_id=campaign, seq=seq, rules=rules, rule_packs="v1")

    def peak(
        self, first: date, last: date, duty: Sequence[str] = (), *, open_items: Sequence[str] | None = None
    ) -> int:
        """A draft, or with `open_items` a plan that was called ready with them."""
        wish = Wish("双十一", first, last, (), tuple(Duty(name) for name in duty))
        at = datetime.fromtimestamp(self._at / 1_000, UTC)
        plan = self.store.peaks.add(wish, actor="王", at=at).id
        if open_items is not None:
            self.store.peaks.change(plan, wish, PlanState.READY, open_items=open_items, actor="王", at=at)
        return plan

    def pause(self, plan: int, at: datetime, *, drill: bool, took: timedelta | None, batches: int = 1) -> None:
        """Of one campaign that was being sent; `took` is None where its batch is not settled."""
        last = None if took is None else to_ms(at + took)
        stop = [1, "sending", True, [1], took is not None, batches, 40 * batches, 0, last]
        self.put(
            peak_pause, plan_id=plan, drill=int(drill), asked_by="王", asked_at=to_ms(at), in_force_at=to_ms(at),
            stops=json.dumps([stop]), measured_at=last, resumed_by="", resumed="[]",
        )  # fmt: skip
