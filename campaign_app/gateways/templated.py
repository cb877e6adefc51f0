"""The way out of every gateway whose provider takes approved templates in place of texts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

from campaign_app.consent.recipient import Outgoing
from campaign_app.consent.staff import StaffMessage
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import RemoteRefused
from campaign_app.domain.message import SubmitOutcome
from campaign_app.gateways.checks import Leaving, check_batch, check_test, phones_of
from campaign_app.gateways.planning import Request, plan
from campaign_app.gateways.wordings import OF_ACCOUNT, Wording


@dataclass(frozen=True, slots=True)
class WayOut:
    """`wordings`: of every text, or why it has none. `alike`: what all messages of one request share.

    `send` hands requests over and says by message id what became of them; see the provider's `sending` for what it
    leaves out, and for what is raised. `batch_max` and `request_max`: messages of one hand-over, and of one request.
    `numbers` refuses a batch with somebody in it who has no number of the kind that the provider goes by.
    """

    account: Account
    purpose: str
    wordings: Callable[[Collection[str]], Mapping[str, Wording | str]]
    alike: Callable[[Wording], Hashable]
    send: Callable[[str, Sequence[Request]], Mapping[str, SubmitOutcome]]
    batch_max: int
    request_max: int
    numbers: Callable[[Sequence[Leaving]], object] = phones_of

    def submit(self, key: str, messages: Sequence[Outgoing]) -> tuple[SubmitOutcome, ...]:
        check_batch(self.account, self.purpose, key, messages, batch_max=self.batch_max)
        return self._hand_over(key, messages)

    def submit_test(self, key: str, message: StaffMessage) -> SubmitOutcome:
        """Of a single message everything is either in the outcome or raised."""
        check_test(self.account, self.purpose, key, message)
        (outcome,) = self._hand_over(key, [message])
        return outcome

    def _hand_over(self, key: str, messages: Sequence[Leaving]) -> tuple[SubmitOutcome, ...]:
        self.numbers(messages)
        planned = plan(messages, self.wordings({m.text for m in messages}), self.alike, self.request_max)
        if not planned.requests:
            _refuse_all(planned.refused)
        found = {each.message_id: each for each in planned.refused}
        found.update(self.send(key, planned.requests))
        return tuple(found[m.message_id] for m in messages if m.message_id in found)


def _refuse_all(refused: Sequence[SubmitOutcome]) -> None:
    """Raises RemoteRefused where the provider lets nothing of the account be used by now: nobody's message is refused

    for good by a list that lacks the campaign's signature, or every template.
    """
    found = {each.code for each in refused}
    if found <= OF_ACCOUNT.keys():
        code = OF_ACCOUNT[min(found)]
        raise RemoteRefused(code, "The provider names nothing that the batch could leave with", account_wide=True)
