"""Keys derived from the workspace key, one for each use, and what is done with them."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import PlatformCustomer
from campaign_app.domain.errors import WorkspaceError
from campaign_app.domain.phone import Phone, PlatformPhone

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


def derive(key: bytes, label: str) -> bytes:
    """A key of its own for one use: HKDF-SHA-256 with the label as info."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"campaign_app/{label}/1".encode()).derive(key)


def key_check(key: bytes, workspace_id: str) -> str:
    """Tells a wrong key before a database is touched; says nothing about the key, which has 256 random bits."""
    return hmac.digest(derive(key, "key-check"), workspace_id.encode(), hashlib.sha256).hex()


class KeyedHashes:
    """Implements `domain.ports.PhoneKeys` by HMAC-SHA-256 (RFC 2104), whose halves take in the key once.

    For words as short as these, setting up `hmac` costs more than hashing.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(hashlib.sha256().block_size, b"\0")
        self._inner = hashlib.sha256(bytes(each ^ 0x36 for each in padded))
        self._outer = hashlib.sha256(bytes(each ^ 0x5C for each in padded))

    def of_phone(self, phone: Phone) -> bytes:
        return self._of(b"phone\0" + phone.e164.encode())

    def of_platform_phone(self, phone: PlatformPhone) -> bytes:
        """In a domain of the hash of its own: the number that is in it cannot be read."""
        return self._of(b"platform phone\0" + phone.sealed.encode())

    def of_ref(self, ref: CustomerRef) -> bytes:
        return self._of(f"ref\0{ref.account_id}\0{ref.ref}".encode())

    def _of(self, words: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(words)
        outer.update(inner.digest())
        return outer.digest()


class Vault:
    """AES-256-GCM with a random nonce in front; `context` is bound to the ciphertext, so that it cannot be moved."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        return self.seal_all([plain], context)[0]

    def seal_all(self, plain: Sequence[bytes], context: bytes) -> list[bytes]:
        """Each under a nonce of its own; asking the system for each would cost a fourth of it."""
        random, seal = os.urandom(_NONCE_BYTES * len(plain)), self._aead.encrypt
        starts = range(0, len(random), _NONCE_BYTES)
        nonces = [random[start : start + _NONCE_BYTES] for start in starts]
        return [nonce + seal(nonce, each, context) for nonce, each in zip(nonces, plain, strict=True)]

    def open(self, sealed: bytes, context: bytes) -> bytes:
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise WorkspaceError("damaged", "A sealed value of the workspace cannot be read") from error


class PhoneVault:
    """Numbers at rest: sealed once more inside the encrypted workspace, the only form PostgreSQL ever sees."""

    __slots__ = ("_vault",)

    def __init__(self, key: bytes) -> None:
        self._vault = Vault(key)

    def seal(self, phone: Phone) -> bytes:
        return self._vault.seal(phone.digits.encode(), b"phone")

    def open(self, sealed: bytes) -> Phone:
        return Phone(self._vault.open(sealed, b"phone").decode())

    def seal_all(self, phones: Sequence[Phone | None]) -> list[bytes | None]:
        """None where there is none."""
        sealed = iter(self._vault.seal_all([each.digits.encode() for each in phones if each is not None], b"phone"))
        return [None if each is None else next(sealed) for each in phones]

    def seal_platform(self, phone: PlatformPhone) -> bytes:
        return self._vault.seal(phone.sealed.encode(), b"platform phone")

    def open_platform(self, sealed: bytes) -> PlatformPhone:
        return PlatformPhone(self._vault.open(sealed, b"platform phone").decode())


@dataclass(frozen=True, slots=True)
class RowKeys:
    """What is needed to make rows of a file ready: no other word of the workspace can be read with it.

    `words` are for another process, which makes the same of them by `of`.
    """

    hashes: KeyedHashes
    phones: PhoneVault = field(repr=False)
    words: tuple[bytes, bytes] = field(repr=False)

    @classmethod
    def of(cls, hashes: bytes, phones: bytes) -> Self:
        return cls(KeyedHashes(hashes), PhoneVault(phones), (hashes, phones))


@dataclass(frozen=True, slots=True)
class WorkspaceKeys:
    """Every use of the workspace key beside the database's own encryption."""

    rows: RowKeys = field(repr=False)
    secrets: Vault = field(repr=False)

    @property
    def hashes(self) -> KeyedHashes:
        return self.rows.hashes

    @property
    def phones(self) -> PhoneVault:
        return self.rows.phones

    def number_key(self, customer: PlatformCustomer) -> bytes | None:
        """Of the number, else of the one that the platform sealed; whoever has both is one person by either."""
        if customer.phone is not None:
            return self.hashes.of_phone(customer.phone)
        theirs = customer.platform_phone
        return None if theirs is None else self.hashes.of_platform_phone(theirs)

    def number_pair(self, customer: PlatformCustomer) -> tuple[bytes, bytes] | None:
        """The keys of both numbers, of somebody who has both."""
        phone, theirs = customer.phone, customer.platform_phone
        if phone is None or theirs is None:
            return None
        return self.hashes.of_phone(phone), self.hashes.of_platform_phone(theirs)

    def sealed_numbers(self, customer: PlatformCustomer) -> dict[str, bytes | None]:
        """By column."""
        phone, theirs = customer.phone, customer.platform_phone
        return {
            "phone_sealed": None if phone is None else self.phones.seal(phone),
            "platform_phone_sealed": None if theirs is None else self.phones.seal_platform(theirs),
        }

    @classmethod
    def derived(cls, key: bytes) -> WorkspaceKeys:
        rows = RowKeys.of(derive(key, "phone-keys"), derive(key, "phones"))
        return cls(rows, Vault(derive(key, "secrets")))
