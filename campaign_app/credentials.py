"""Where the workspace's raw key lives: the OS keychain, a passphrase, or (for the demo only) memory.

There is no fall-back: a keychain that fails is an error with a code, never a key on the disk in the clear.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.domain.passphrase import LEAST, passphrase_problem

KEY_BYTES: Final = 32
SERVICE: Final = "campaign-app workspace"
# keyrings that keep nothing, or keep it where anybody can read it
_REFUSED: Final = ("keyring.backends.null", "keyring.backends.fail", "keyrings.alt")
# what a keyring lets through of the library beneath it, which is loaded where it is used: of Linux desktops and Windows
_BENEATH: Final = (
    ("secretstorage.exceptions", "SecretStorageException"),
    ("jeepney", "DBusErrorResponse"),
    ("win32ctypes.pywin32.pywintypes", "error"),
)
_NONCE: Final = 12
Kept = Mapping[str, str | int]


class Keychain(Protocol):
    """The part of a `keyring` backend that is used here."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


@dataclass(frozen=True, slots=True)
class KeychainKeeper:
    """The key in the OS keychain, by the workspace's id. Call it off the window's thread: a keychain may ask."""

    keychain: Keychain | None = None
    kind: str = field(default="keychain", init=False)

    def new_key(self, workspace_id: str) -> tuple[bytes, Kept]:
        key = os.urandom(KEY_BYTES)
        keychain = self._usable()
        with _keychain_errors():
            keychain.set_password(SERVICE, workspace_id, key.hex())
            written = keychain.get_password(SERVICE, workspace_id)
        if written != key.hex():
            raise WorkspaceError("no_keychain", "The keychain did not keep the key")
        return key, {}

    def keep(self, key: bytes, workspace_id: str) -> None:
        """Keeps a key that exists already, such as a restored one; raises WorkspaceError `wrong_key` for another."""
        keychain = self._usable()
        with _keychain_errors():
            if keychain.get_password(SERVICE, workspace_id) is None:
                keychain.set_password(SERVICE, workspace_id, key.hex())
            written = keychain.get_password(SERVICE, workspace_id)
        if written != key.hex():
            raise WorkspaceError("wrong_key", "The keychain has another key for this workspace")

    def key(self, workspace_id: str, _kept: Kept) -> bytes:
        keychain = self._usable()
        with _keychain_errors():
            written = keychain.get_password(SERVICE, workspace_id)
        if written is None:
            raise WorkspaceError("key_missing", "The keychain has no key for this workspace")
        try:
            return bytes.fromhex(written)
        except ValueError:
            raise WorkspaceError("wrong_key", "The keychain's entry is not a key") from None

    def forget(self, workspace_id: str) -> None:
        with suppress(WorkspaceError), _keychain_errors():
            self._usable().delete_password(SERVICE, workspace_id)

    def tried(self) -> str:
        """The name of the keychain, which kept an entry of no meaning and let it go again. Raises WorkspaceError."""
        keychain = self._usable()
        trial = f"trial {os.urandom(8).hex()}"
        self.new_key(trial)
        with _keychain_errors():
            keychain.delete_password(SERVICE, trial)
        return type(keychain).__module__.rpartition(".")[2]

    def _usable(self) -> Keychain:
        for each in _unchained(self.keychain or _system_keychain()):
            if not type(each).__module__.startswith(_REFUSED):
                return each
        raise WorkspaceError("no_keychain", "This computer has no keychain that keeps a key safely")


def _system_keychain() -> Keychain:
    import keyring

    with _keychain_errors():
        return keyring.get_keyring()


def _unchained(keychain: Keychain) -> Sequence[Keychain]:
    """A chain of keyrings would pass the key on to whichever takes it: look at each."""
    if type(keychain).__module__ == "keyring.backends.chainer":
        return tuple(getattr(keychain, "backends", ()))
    return (keychain,)


@contextmanager
def _keychain_errors() -> Iterator[None]:
    from keyring.errors import KeyringError, KeyringLocked

    try:
        yield
    except KeyringLocked as error:
        raise WorkspaceError("keychain_locked", "The keychain is locked") from error
    except (KeyringError, OSError, RuntimeError) as error:
        raise WorkspaceError("no_keychain", "The keychain cannot be used") from error
    except _of_libraries() as error:
        raise WorkspaceError("no_keychain", "The keychain cannot be used") from error


def _of_libraries() -> tuple[type[Exception], ...]:
    return tuple(getattr(sys.modules[name], error) for name, error in _BENEATH if name in sys.modules)


@dataclass(frozen=True, slots=True)
class Scrypt:
    """Cost of guessing; kept in `workspace.json`, so that it may rise later."""

    n: int = 2**17
    r: int = 8
    p: int = 1

    def checked(self) -> Scrypt:
        """Itself; ValueError where it would cost more memory than any workspace was ever made with."""
        if not (2 <= self.n <= 2**20 and 1 <= self.r <= 16 and 1 <= self.p <= 4):
            raise ValueError("scrypt parameters out of bounds")
        return self

    def derive(self, passphrase: str, salt: bytes) -> bytes:
        """32 bytes; raises WorkspaceError `no_memory` where the computer has none left for it."""
        memory = 128 * self.r * (self.n + self.p + 2)
        try:
            return hashlib.scrypt(
                passphrase.encode(), salt=salt, n=self.n, r=self.r, p=self.p, maxmem=2 * memory, dklen=KEY_BYTES
            )
        except (MemoryError, ValueError) as error:
            if isinstance(error, MemoryError) or "malloc failure" in str(error):  # in OpenSSL's words
                raise WorkspaceError("no_memory", "There is no memory left to unlock the workspace") from error
            raise


@dataclass(frozen=True, slots=True)
class PassphraseKeeper:
    """A random key, wrapped by AES-256-GCM under a key that scrypt makes of the passphrase."""

    passphrase: str = field(repr=False)
    cost: Scrypt = Scrypt()
    kind: str = field(default="passphrase", init=False)

    def new_key(self, workspace_id: str) -> tuple[bytes, Kept]:
        key = os.urandom(KEY_BYTES)
        return key, self.wrap(key, workspace_id)

    def wrap(self, key: bytes, workspace_id: str) -> Kept:
        """What goes into `workspace.json` for a key that is kept by this passphrase. Raises SettingsError."""
        if problem := passphrase_problem(self.passphrase):
            raise SettingsError(problem, f"A passphrase needs {LEAST} characters that are hard to guess", least=LEAST)
        salt, nonce = os.urandom(32), os.urandom(_NONCE)
        sealed = nonce + AESGCM(self.cost.derive(self.passphrase, salt)).encrypt(nonce, key, workspace_id.encode())
        cost = {"n": self.cost.n, "r": self.cost.r, "p": self.cost.p}
        return {"salt": salt.hex(), "wrapped": sealed.hex(), **cost}

    def key(self, workspace_id: str, kept: Kept) -> bytes:
        try:
            salt, sealed = bytes.fromhex(str(kept["salt"])), bytes.fromhex(str(kept["wrapped"]))
            cost = Scrypt(int(kept["n"]), int(kept["r"]), int(kept["p"]))
            wrapping = cost.checked().derive(self.passphrase, salt)
            return AESGCM(wrapping).decrypt(sealed[:_NONCE], sealed[_NONCE:], workspace_id.encode())
        except InvalidTag:
            raise WorkspaceError("wrong_passphrase", "The passphrase does not fit this workspace") from None
        except (KeyError, ValueError, OverflowError) as error:
            raise WorkspaceError("damaged", "The workspace's key parameters are damaged") from error

    def forget(self, workspace_id: str) -> None:
        """Nothing is kept outside the workspace."""


@dataclass(frozen=True, slots=True)
class MemoryKeeper:
    """A key that ends with the process: only for the demo's throw-away workspace."""

    secret: bytes = field(repr=False)
    kind: str = field(default="memory", init=False)

    def new_key(self, _workspace_id: str) -> tuple[bytes, Kept]:
        return self.secret, {}

    def key(self, _workspace_id: str, _kept: Kept) -> bytes:
        return self.secret

    def forget(self, workspace_id: str) -> None:
        """Nothing is kept."""


@dataclass(frozen=True, slots=True)
class HandedKeeper:
    """A key that a parent process read and handed to its worker; it makes no workspace."""

    secret: bytes = field(repr=False)
    kind: str

    def new_key(self, _workspace_id: str) -> tuple[bytes, Kept]:
        raise WorkspaceError("handed_key", "A handed key opens a workspace, it makes none")

    def key(self, _workspace_id: str, _kept: Kept) -> bytes:
        return self.secret

    def forget(self, workspace_id: str) -> None:
        """Nothing is kept."""


KeyKeeper = KeychainKeeper | PassphraseKeeper | MemoryKeeper | HandedKeeper


def _others(path: Path) -> int:
    """The bits that may not be set. systemd lets a unit's user read by a list of access, which shows as the group's."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return 0o027 if handed and path.parent == Path(handed) else 0o077


def may_others_read(path: Path) -> bool:
    """Where the system tells. Raises OSError."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & _others(path))


def read_passphrase_file(path: Path) -> str:
    """The file's first line, without the mark that Windows puts before it.

    Raises SettingsError if others may read it, or if it is empty or no text.
    """
    try:
        if may_others_read(path):
            raise SettingsError(
                "passphrase_file_open", f"Others may read {path}; allow only yourself (chmod 600)", file=str(path)
            )
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("passphrase_file", f"The passphrase file {path} cannot be read", file=str(path)) from error
    if not lines or not lines[0]:
        raise SettingsError("passphrase_file", f"The passphrase file {path} is empty", file=str(path))
    return lines[0]
