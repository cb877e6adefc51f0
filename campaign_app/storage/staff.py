"""Staff numbers and test messages. A message is counted, and its recipient made, in the transaction that lets it leave.

Every change leaves its entry in the audit within the same transaction; numbers are in it masked, texts as a hash.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa

from campaign_app.consent.staff import StaffAsk, StaffRecipient, admit_staff
from campaign_app.domain.errors import NotAllowed, NotFound
from campaign_app.domain.phone import Phone
from campaign_app.domain.staff import STAFF_MAX, StaffNumber, Trial, TrialState, Wish
from campaign_app.services.window import BEIJING
from campaign_app.storage import schema
from campaign_app.storage.audit import acting, append_entry
from campaign_app.storage.engine import Database
from campaign_app.storage.keys import WorkspaceKeys
from campaign_app.storage.numbers import people_of
from campaign_app.storage.registers import hold_port
from campaign_app.storage.rows import AnyRow
from campaign_app.storage.schema_staff import staff_number, staff_trial
from campaign_app.storage.suppressions import marks_of
from campaign_app.storage.times import moment_at, to_ms

JOB: Final = "test"
_number, _trial = staff_number.c, staff_trial.c
_COUNTED: Final = tuple(s.value for s in TrialState if s not in (TrialState.QUEUED, TrialState.REFUSED))


@dataclass(frozen=True, slots=True)
class SqlStaff:
    """Implements `services.staff_numbers.StaffStore`, `services.test_messages.TrialStore` and `jobs.ports.Trials`."""

    db: Database
    keys: WorkspaceKeys = field(repr=False)

    # --- numbers ---

    def numbers(self, entity_uscc: str) -> tuple[StaffNumber, ...]:
        wanted = sa.select(staff_number).where(_number.entity_uscc == entity_uscc).order_by(_number.slot)
        with self.db.look() as connection:
            return tuple(map(self._number_of, connection.execute(wanted)))

    def register(self, entity_uscc: str, label: str, phone: Phone, *, actor: str, at: datetime) -> StaffNumber:
        """Raises NotAllowed: staff_full, staff_known, staff_label, staff_customer, staff_suppressed."""
        key = self.keys.hashes.of_phone(phone)
        with self.db.write() as connection:
            by = acting(connection, actor)
            mine = connection.execute(sa.select(staff_number).where(_number.entity_uscc == entity_uscc)).all()
            self._refuse(connection, entity_uscc, key, label, mine)
            slot = min({*range(1, STAFF_MAX + 1)} - {row.slot for row in mine})
            values = {
                "entity_uscc": entity_uscc, "slot": slot, "label": label, "phone_sealed": self.keys.phones.seal(phone),
                "phone_key": key, "added_at": to_ms(at), "added_by": by,
            }  # fmt: skip
            made = connection.execute(sa.insert(staff_number).values(values)).inserted_primary_key
            assert made is not None
            number = StaffNumber(made[0], entity_uscc, label, phone.masked, at, by)
            append_entry(connection, "staff.registered", actor, to_ms(at), _facts(number))
        return number

    def remove(self, staff_id: int, *, actor: str, at: datetime) -> None:
        """Raises NotFound."""
        with self.db.write() as connection:
            number = self._number_of(_staff(connection, staff_id))
            connection.execute(sa.delete(staff_number).where(_number.id == staff_id))
            append_entry(connection, "staff.removed", actor, to_ms(at), _facts(number))

    def _refuse(self, connection: sa.Connection, entity: str, key: bytes, label: str, mine: Any) -> None:
        if any(row.phone_key == key for row in mine):
            raise NotAllowed("staff_known", "The number is registered already")
        if any(row.label == label for row in mine):
            raise NotAllowed("staff_label", "Another number has this note", label=label)
        if len(mine) >= STAFF_MAX:
            raise NotAllowed("staff_full", "There are five numbers already", most=STAFF_MAX)
        if marks_of(connection, entity, [key]):
            raise NotAllowed("staff_suppressed", "Whoever has this number wants no messages from this entity")
        customer = sa.exists().where(schema.customer.c.phone_key.in_(list(people_of(connection, [key]))))
        if connection.execute(sa.select(customer)).scalar_one():
            raise NotAllowed("staff_customer", "The number is a customer's")

    def _number_of(self, row: AnyRow) -> StaffNumber:
        masked = self.keys.phones.open(row.phone_sealed).masked
        return StaffNumber(row.id, row.entity_uscc, row.label, masked, moment_at(row.added_at), row.added_by)

    # --- test messages ---

    def wish(self, wish: Wish, entity_uscc: str, at: datetime) -> Trial:
        """Puts it down for the worker, with its job. The same press again is the same message. Raises NotFound."""
        with self.db.write() as connection:
            known = connection.execute(sa.select(staff_trial).where(_trial.press == wish.press)).first()
            if known is not None:
                return _trial_of(known)
            number = _staff(connection, wish.staff_id)
            if number.entity_uscc != entity_uscc:
                raise NotFound("staff_number", "There is no such number", staff=wish.staff_id)
            values = {
                "press": wish.press, "job_id": 0, "campaign_id": wish.campaign_id, "customer_id": wish.customer_id,
                "entity_uscc": entity_uscc, "staff_id": wish.staff_id, "label": number.label, "text": wish.text,
                "masked": self._number_of(number).masked, "actor": acting(connection, wish.actor),
                "asked_at": to_ms(at), "state": TrialState.QUEUED.value,
            }  # fmt: skip
            made = connection.execute(sa.insert(staff_trial).values(values)).inserted_primary_key
            assert made is not None
            _begin(connection, made[0], to_ms(at))
            return _trial_of(_row(connection, made[0]))

    def pressed(self, press: str) -> Trial | None:
        with self.db.look() as connection:
            known = connection.execute(sa.select(staff_trial).where(_trial.press == press)).first()
        return None if known is None else _trial_of(known)

    def trial(self, trial_id: int) -> Trial:
        with self.db.read() as connection:
            return _trial_of(_row(connection, trial_id))

    def last_trial(self, campaign_id: int) -> Trial | None:
        wanted = sa.select(staff_trial).where(_trial.campaign_id == campaign_id).order_by(_trial.id.desc()).limit(1)
        with self.db.look() as connection:
            found = connection.execute(wanted).first()
        return None if found is None else _trial_of(found)

    def sent_today(self, entity_uscc: str, at: datetime) -> int:
        with self.db.read() as connection:
            return _sent_on(connection, entity_uscc, _day(at))

    def claim(self, trial_id: int, account_id: int, *, cap: int, at: datetime) -> StaffRecipient | None:
        """Whom this message may go to, counted; None for one that may not leave, with the reason on it.

        A message is claimed once: whoever comes again finds it `sending`, and must not send it. The port of
        `account_id`, by which it leaves, is its signature's from then on; raises NotAllowed("port_taken").
        """
        with self.db.write() as connection:
            row = _row(connection, trial_id)
            if row.state != TrialState.QUEUED:
                return None
            decision = admit_staff(self._ask(connection, row, cap, at))
            if isinstance(decision, str):
                _put(connection, row, TrialState.REFUSED, at, code=decision)
                return None
            hold_port(connection, (row.entity_uscc, _trial_of(row).signature), account_id, to_ms(at))
            _put(connection, row, TrialState.SENDING, at, day=_day(at))
            return decision

    def settle(self, trial_id: int, state: TrialState, *, at: datetime, code: str = "", provider_id: str = "") -> None:
        """One that has come to its end stays as it is."""
        with self.db.write() as connection:
            row = _row(connection, trial_id)
            if row.state in (TrialState.QUEUED, TrialState.SENDING):
                _put(connection, row, state, at, code=code, provider_id=provider_id)

    def _ask(self, connection: sa.Connection, row: AnyRow, cap: int, at: datetime) -> StaffAsk:
        same = sa.and_(_number.id == row.staff_id, _number.entity_uscc == row.entity_uscc)
        number = connection.execute(sa.select(staff_number).where(same)).first()
        suppressed = number is not None and bool(marks_of(connection, row.entity_uscc, [number.phone_key]))
        return StaffAsk(
            entity_uscc=row.entity_uscc,
            staff_id=row.staff_id,
            phone=None if number is None else self.keys.phones.open(number.phone_sealed),
            suppressed=suppressed,
            sent_today=_sent_on(connection, row.entity_uscc, _day(at)),
            cap=cap,
            now=at,
        )


def _facts(number: StaffNumber) -> dict[str, str | int | bool | None]:
    return {"entity": number.entity_uscc, "staff": number.id, "label": number.label, "number": number.masked}


def _day(at: datetime) -> str:
    return at.astimezone(BEIJING).date().isoformat()


def _sent_on(connection: sa.Connection, entity_uscc: str, day: str) -> int:
    counted = (_trial.entity_uscc == entity_uscc, _trial.day == day, _trial.state.in_(_COUNTED))
    return int(connection.execute(sa.select(sa.func.count()).where(*counted)).scalar_one())


def _staff(connection: sa.Connection, staff_id: int) -> AnyRow:
    row = connection.execute(sa.select(staff_number).where(_number.id == staff_id)).first()
    if row is None:
        raise NotFound("staff_number", "There is no such number", staff=staff_id)
    return row


def _row(connection: sa.Connection, trial_id: int) -> AnyRow:
    row = connection.execute(sa.select(staff_trial).where(_trial.id == trial_id)).first()
    if row is None:
        raise NotFound("test_message", "There is no such test message", test=trial_id)
    return row


def _begin(connection: sa.Connection, trial_id: int, at: int) -> None:
    values = {"kind": JOB, "args": f'{{"trial_id": {trial_id}}}', "state": "queued", "queued_at": at}
    job = connection.execute(sa.insert(schema.job).values(values)).inserted_primary_key
    assert job is not None
    connection.execute(sa.update(staff_trial).where(_trial.id == trial_id).values(job_id=job[0]))


def _put(connection: sa.Connection, row: AnyRow, state: TrialState, at: datetime, **values: str) -> None:
    connection.execute(sa.update(staff_trial).where(_trial.id == row.id).values(state=state.value, **values))
    facts = {
        "test": row.id, "campaign": row.campaign_id, "entity": row.entity_uscc, "label": row.label,
        "number": row.masked, "text_sha256": sha256(row.text.encode()).hexdigest(), "code": values.get("code", ""),
    }  # fmt: skip
    append_entry(connection, f"test.{state.value}", row.actor, to_ms(at), facts)


def _trial_of(row: AnyRow) -> Trial:
    return Trial(
        id=row.id,
        job_id=row.job_id,
        campaign_id=row.campaign_id,
        customer_id=row.customer_id,
        entity_uscc=row.entity_uscc,
        staff_id=row.staff_id,
        label=row.label,
        masked=row.masked,
        text=row.text,
        asked_at=moment_at(row.asked_at),
        state=TrialState(row.state),
        code=row.code,
    )
