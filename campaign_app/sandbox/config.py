"""Who is who in the sandbox, and how it is set up. Everything here is simulated and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.transport.wire import Issuer

ISSUER: Final = Issuer(uscc="91310000MA0MN0001J", name="模拟同意登记处（沙盒）")
ENTITY: Final = Issuer(uscc="91330100MA0MN00023", name="安宁百货有限公司（模拟）")
OTHER_ENTITY: Final = Issuer(uscc="91330100MA0MN00036", name="安宁数科有限公司（模拟）")
RECEIPT_KID: Final = "sandbox-receipts-1"
CUSTOMERS_MAX: Final = 10_000_000
BODY_MAX: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Shop:
    """One of the two shops, both of `ENTITY`; `first` is the number of its first person in the whole population."""

    number: int
    code: str
    name: str
    first: int
    size: int

    @property
    def key_id(self) -> str:
        return f"sandbox-{self.code.lower()}"


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """`anchor` is the moment that seeded times are relative to; `clock` is the server's time before any skew.

    `reaction_delay`: seconds from acceptance to report and reply. `calm`: whoever exists is taken, and nobody replies
    or complains unless told to.
    """

    clock: Callable[[], datetime]
    customers: int = 10_000
    seed: int = 1
    faults: str = "none"
    reaction_delay: float = 0.0
    calm: bool = False
    anchor: datetime | None = None
    shops: tuple[Shop, ...] = field(init=False)

    def __post_init__(self) -> None:
        second = self.customers // 5
        first = self.customers - second
        shops = (
            Shop(1, "S1", "安宁百货旗舰店（模拟）", 0, first),
            Shop(2, "S2", "安宁百货折扣店（模拟）", first, second),
        )
        object.__setattr__(self, "shops", shops)
        if self.anchor is None:
            midnight = self.clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            object.__setattr__(self, "anchor", midnight)

    @property
    def epoch(self) -> int:
        """The anchor in seconds."""
        assert self.anchor is not None
        return int(self.anchor.timestamp())


def simulated_key(seed: int, name: str) -> Ed25519PrivateKey:
    """Keys of the sandbox follow from its seed: they protect nothing and make restarts repeatable."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"campaign-app sandbox {seed} {name}".encode()).digest())
