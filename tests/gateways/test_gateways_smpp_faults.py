"""Random trouble at a centre that is not ours: nobody twice, everybody with an outcome, delivered only who was."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from campaign_app.consent import Outgoing
from campaign_app.domain.errors import RemoteUnavailable
from campaign_app.domain.message import Outcome, SubmitOutcome
from tests.helpers.smpp_centre import Centre, needs_centre
from tests.helpers.smpp_desk import LONG, SHORT, SmppDesk, messages, until

pytestmark = [*needs_centre, pytest.mark.slow]
STATUSES = [0, 0, 0, 0, 0x58, 0x14, 0x08, 0x0B, 0x45, 0x4AA, 0xFF]
COUNT, BATCH = 400, 80


def trouble(random: Random, centre: Centre) -> None:
    centre.set(
        statuses=[random.choice(STATUSES) for _ in range(random.randint(0, 60))],
        cutAfter=random.choice([0, 0, len(centre.ledger()) + random.randint(1, 60)]),
        receipts=random.choice(["tlv", "text"]),
        copies=random.randint(1, 3),
        backwards=random.random() < 0.5,
        before=random.random() < 0.3,
    )


def handed_over(desk: SmppDesk, batch: list[Outgoing], random: Random, centre: Centre) -> dict[str, SubmitOutcome]:
    """As the worker does it: whom the sender surely did not take is handed over again, and nobody else."""
    found: dict[str, SubmitOutcome] = {}
    left = batch
    while left:
        trouble(random, centre)
        with suppress(RemoteUnavailable):  # nothing was handed over
            found |= {outcome.message_id: outcome for outcome in desk.submit(left)}
        left = [message for message in left if message.message_id not in found]
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", range(4))
def test_whatever_goes_wrong_nobody_is_reached_twice(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    with Centre() as centre, SmppDesk(tmp_path / "ws", centre.url) as desk:
        everybody = [messages(1, random.choice([SHORT, LONG]), first=n)[0] for n in range(COUNT)]
        outcomes: dict[str, SubmitOutcome] = {}
        for first in range(0, COUNT, BATCH):
            outcomes |= handed_over(desk, everybody[first : first + BATCH], random, centre)
        assert set(outcomes) == {message.message_id for message in everybody}
        taken = Counter((row["to"], row["udh"][6:]) for row in centre.ledger() if row["id"])
        assert set(taken.values()) == {1}, "no part of a message is taken twice"
        reached = {to for to, _ in taken}
        by_number = {
            f"86{message.recipient.phone.digits}": message.message_id
            for message in everybody
            if message.recipient.phone
        }
        said = {to: outcomes[message_id].outcome for to, message_id in by_number.items()}
        assert {to for to, outcome in said.items() if outcome is Outcome.ACCEPTED} <= reached
        assert not {to for to, outcome in said.items() if outcome is Outcome.REJECTED} & reached

        centre.set(hold=False, before=False, cutAfter=0, statuses=[])
        until(lambda: not centre.order("seen")["unacknowledged"], "every acknowledgement")
        desk.now += timedelta(minutes=2)  # receipts of what got no answer are waited for no longer
        whole = {
            f"m{n}"
            for n, message in enumerate(everybody)
            if outcomes[f"m{n}"].code == "" and outcomes[f"m{n}"].outcome is Outcome.ACCEPTED
        }
        broken = {message_id for message_id, outcome in outcomes.items() if outcome.code == "parts_refused"}
        reports = desk.all_reports(len(whole | broken))
        delivered = {
            message_id for message_id, outcome in reports.items() if message_id and outcome is Outcome.DELIVERED
        }
        assert whole <= delivered
        assert not delivered & broken
        assert {message_id for message_id in broken if reports[message_id] is Outcome.FAILED} == broken
