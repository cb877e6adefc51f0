"""How one of several workers takes part in a team's workspace: what it takes, whether it leads, and how it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from campaign_app.jobs.sharing import QUEUES, WHOLE, Share

if TYPE_CHECKING:
    from campaign_app.storage.leasing import Lease

# seconds for which it is known that another worker leads
_LEAD_KNOWN: Final = 1.0


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker takes. A workspace of one computer has one worker at a time, which takes everything.

    `concurrency`: jobs of each queue at a time. `health_port`: where it says on this machine how it does; 0 for any.
    """

    queues: tuple[str, ...] = tuple(QUEUES)
    concurrency: int = 8
    lease_seconds: float = 15.0
    health_port: int | None = None


EVERYTHING: Final = Part()


class _Lead:
    """The oldest worker leads: it begins what is due, and hands over what ended workers left.

    Once it does, it does until it has ended itself, since every later one has a higher number.
    """

    def __init__(self, lease: Lease, look: Callable[[], object]) -> None:
        self._lease = lease
        self._look = look
        self._looked = float("-inf")
        self._leads = False

    def leads(self) -> bool:
        lease = self._lease
        if lease.now() - self._looked >= _LEAD_KNOWN:
            self._looked = lease.now()
            self._look()  # others wait for that, where the server is another one
            if not self._leads:
                self._end_expired()
                self._leads = lease.store.not_ended()[:1] == (lease.worker_id,)
        return self._leads

    def alive(self) -> frozenset[str]:
        from campaign_app.storage.leasing import executor_of

        return frozenset(map(executor_of, self._lease.store.not_ended()))

    def take_over(self, place_of: Callable[[int], str | None]) -> None:
        from campaign_app.jobs.takeover import take_over

        self._end_expired()
        take_over(self.alive, place_of)

    def _end_expired(self) -> None:
        """Not right behind a server that was away: all leases ran out then, and every worker is about to renew."""
        lease = self._lease
        if lease.steady:
            lease.store.end_expired(lambda: lease.steady)


def share_of(part: Part, lease: Lease | None, look: Callable[[], object] = bool) -> Share:
    """`look`: whether this host misses anything; asked all the time."""
    if lease is None:
        return WHOLE
    from campaign_app.storage.host import place_id

    lead = _Lead(lease, look)
    queues = frozenset(part.queues)
    return Share(lease.executor, queues, part.concurrency, lead.leads, take_over=lead.take_over, place=place_id())


@contextmanager
def health(part: Part, lease: Lease | None) -> Iterator[int]:
    """Answers on the loopback how this worker does, 503 while its lease is not sure.

    The port, or 0 where nobody asked for it. Raises SettingsError where it is taken.
    """
    if part.health_port is None or lease is None:
        yield 0
        return
    # 60 ms to import
    from campaign_app.storage.program import RELEASE
    from campaign_app.transport.health import serve

    def said() -> tuple[int, dict[str, Any]]:
        left = lease.left
        return (200 if left > 0 else 503), {
            "version": RELEASE,
            "worker": lease.worker_id,
            "lease_seconds": round(max(left, 0.0), 1),
            "queues": list(part.queues),
            "last_heartbeat": lease.beat_at.isoformat(timespec="seconds"),
        }

    with serve(part.health_port, said) as port:
        yield port
