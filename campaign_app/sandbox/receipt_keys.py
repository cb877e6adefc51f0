"""The keys of the sandbox's receipts: which are published, which one signs; tests rotate them well or badly."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from campaign_app.sandbox.config import RECEIPT_KID, simulated_key
from campaign_app.transport.receipts import jwk_of

ROGUE: Final = "a key that nobody published"


class ReceiptKeys:
    """A key follows from the seed and its name; one whose name is in `changed` is another one than before."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.published: Sequence[str] = (RECEIPT_KID,)
        self.signing = RECEIPT_KID
        self._changed: Collection[str] = ()

    def rotate(self, published: Sequence[str], signing: str, changed: Collection[str]) -> None:
        self.published, self.signing, self._changed = tuple(published), signing, frozenset(changed)

    def signer(self) -> Ed25519PrivateKey:
        return self._key(self.signing)

    def rogue(self) -> Ed25519PrivateKey:
        return simulated_key(self._seed, ROGUE)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [jwk_of(self._key(kid).public_key(), kid) for kid in self.published]}

    def _key(self, kid: str) -> Ed25519PrivateKey:
        return simulated_key(self._seed, f"{kid} changed" if kid in self._changed else kid)
