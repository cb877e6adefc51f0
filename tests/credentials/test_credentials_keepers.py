"""Keepers of the workspace key: what they keep comes back, and what cannot keep it is refused by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError, PasswordDeleteError

from campaign_app.cli.words import say
from campaign_app.credentials import (
    HandedKeeper,
    KeychainKeeper,
    KeyKeeper,
    MemoryKeeper,
    PassphraseKeeper,
    Scrypt,
    read_passphrase_file,
)
from campaign_app.domain.errors import SettingsError, WorkspaceError
from campaign_app.storage.folders import key_lives
from campaign_app.storage.workspace import create_workspace, open_workspace

CHEAP = Scrypt(n=2**10)
PHRASE = "ein langer Satz 甲乙"


class Keychain:
    """A keychain that works, or fails as real ones do."""

    def __init__(self, error: Exception | None = None) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.error = error

    def _answer(self) -> None:
        if self.error is not None:
            raise self.error

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._answer()
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(WorkspaceError) as caught:
        act()
    return caught.value.code


def test_a_keychain_keeps_the_key(tmp_path: Path) -> None:
    chain = Keychain()
    create_workspace(tmp_path / "w", KeychainKeeper(chain)).close()
    open_workspace(tmp_path / "w", KeychainKeeper(chain)).close()
    assert key_lives(tmp_path / "w") == "keychain"
    ((_, key),) = chain.kept.items()
    assert len(bytes.fromhex(key)) == 32
    assert not any(key.encode() in path.read_bytes() for path in (tmp_path / "w").iterdir())


def test_two_workspaces_have_two_keys(tmp_path: Path) -> None:
    chain = Keychain()
    for name in ("a", "b"):
        create_workspace(tmp_path / name, KeychainKeeper(chain)).close()
    assert len(set(chain.kept.values())) == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoKeyringError("none"), "no_keychain"),
        (InitError("Prompt dismissed"), "no_keychain"),
        (KeyringLocked("locked"), "keychain_locked"),
        (KeyringError("other"), "no_keychain"),
        (ConnectionRefusedError("bus gone"), "no_keychain"),
    ],
)
def test_a_keychain_that_fails_makes_and_opens_nothing(tmp_path: Path, error: Exception, code: str) -> None:
    chain = Keychain()
    create_workspace(tmp_path / "w", KeychainKeeper(chain)).close()
    before = {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()}
    chain.error = error
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper(chain))) == code
    assert code_of(lambda: create_workspace(tmp_path / "new", KeychainKeeper(chain))) == code
    assert {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


def test_a_keychain_without_the_key_opens_nothing(tmp_path: Path) -> None:
    chain = Keychain()
    create_workspace(tmp_path / "w", KeychainKeeper(chain)).close()
    before = {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()}
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper(Keychain()))) == "key_missing"
    (entry,) = chain.kept
    chain.kept[entry] = "00" * 32
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper(chain))) == "wrong_key"
    chain.kept[entry] = "no hex at all"
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper(chain))) == "wrong_key"
    assert {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()} == before


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("secretstorage.exceptions", "SecretServiceNotAvailableException"),
        ("secretstorage.exceptions", "LockedException"),
        ("win32ctypes.pywin32.pywintypes", "error"),
    ],
)
def test_what_a_keyring_lets_through_of_its_library_is_no_fault_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    chain = Keychain()
    create_workspace(tmp_path / "w", KeychainKeeper(chain)).close()
    if find_spec(module.partition(".")[0]) is None:  # the library of another system
        library = ModuleType(module)
        vars(library)[name] = type(name, (Exception,), {})
        monkeypatch.setitem(sys.modules, module, library)
    chain.error = getattr(import_module(module), name)("(1312, 'CredRead', 'No such session')")
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper(chain))) == "no_keychain"
    assert code_of(lambda: create_workspace(tmp_path / "new", KeychainKeeper(chain))) == "no_keychain"
    assert [path.name for path in tmp_path.iterdir()] == ["w"]


class Plaintext(Keychain):
    """As keyrings.alt's file back end."""


Plaintext.__module__ = "keyrings.alt.file"


@pytest.mark.parametrize("backend", [keyring.backends.null.Keyring(), keyring.backends.fail.Keyring(), Plaintext()])
def test_a_keychain_that_keeps_nothing_or_keeps_it_openly_is_refused(tmp_path: Path, backend: Keychain) -> None:
    assert code_of(lambda: create_workspace(tmp_path / "w", KeychainKeeper(backend))) == "no_keychain"
    assert list(tmp_path.iterdir()) == []


def test_a_keychain_that_forgets_is_refused(tmp_path: Path) -> None:
    class Forgetful(Keychain):
        def get_password(self, service: str, username: str) -> str | None:
            return None

    assert code_of(lambda: create_workspace(tmp_path / "w", KeychainKeeper(Forgetful()))) == "no_keychain"


def test_the_systems_own_keychain_is_taken(tmp_path: Path) -> None:
    class Mine(Keychain, keyring.backend.KeyringBackend):
        priority = 0.1

    keyring.set_keyring(Mine())
    create_workspace(tmp_path / "w", KeychainKeeper()).close()
    open_workspace(tmp_path / "w", KeychainKeeper()).close()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper())) == "no_keychain"


def test_in_a_chain_the_first_safe_keychain_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    safe, chained = Keychain(), [Plaintext(), keyring.backends.null.Keyring()]

    class Chain(Keychain):
        backends = [*chained, safe]

    Chain.__module__ = keyring.backends.chainer.__name__
    create_workspace(tmp_path / "w", KeychainKeeper(Chain())).close()
    assert len(safe.kept) == 1
    monkeypatch.setattr(Chain, "backends", chained)
    assert code_of(lambda: open_workspace(tmp_path / "w", KeychainKeeper(Chain()))) == "no_keychain"


def test_a_failed_creation_takes_its_key_out_of_the_keychain(tmp_path: Path) -> None:
    chain = Keychain()
    (tmp_path / "file").touch()
    assert code_of(lambda: create_workspace(tmp_path / "file" / "below", KeychainKeeper(chain))) == "cannot_create"
    assert chain.kept == {}


def test_a_passphrase_opens_what_it_made(tmp_path: Path) -> None:
    create_workspace(tmp_path / "w", PassphraseKeeper(PHRASE)).close()
    before = {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()}
    assert code_of(lambda: open_workspace(tmp_path / "w", PassphraseKeeper(f"{PHRASE} "))) == "wrong_passphrase"
    assert {path.name: path.read_bytes() for path in (tmp_path / "w").iterdir()} == before
    open_workspace(tmp_path / "w", PassphraseKeeper(PHRASE)).close()
    assert b"131072" in before["workspace.json"]
    assert PHRASE.encode() not in b"".join(before.values())


def test_the_cost_is_read_from_the_workspace(tmp_path: Path) -> None:
    create_workspace(tmp_path / "w", PassphraseKeeper(PHRASE, CHEAP)).close()
    open_workspace(tmp_path / "w", PassphraseKeeper(PHRASE)).close()


@pytest.mark.parametrize(
    ("phrase", "code"),
    [("", "passphrase_short"), ("kurz", "passphrase_short"), ("1234567", "passphrase_short"),
     ("12345678", "passphrase_weak"), ("aaaaaaaaaaaa", "passphrase_weak")],
)  # fmt: skip
def test_a_passphrase_that_is_soon_guessed_makes_nothing(tmp_path: Path, phrase: str, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        create_workspace(tmp_path / "w", PassphraseKeeper(phrase, CHEAP))
    assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "spoilt",
    [{"n": 2**30}, {"n": 1000}, {"r": 10**9}, {"p": -1}, {"salt": "xyz"}, {"wrapped": ""}, {"wrapped": None}],
)
def test_damaged_parameters_are_damage_and_cost_no_memory(spoilt: dict[str, str | int]) -> None:
    keeper = PassphraseKeeper(PHRASE, CHEAP)
    _, kept = keeper.new_key("id")
    damaged = {name: value for name, value in {**kept, **spoilt}.items() if value is not None}
    assert code_of(lambda: keeper.key("id", damaged)) in {"damaged", "wrong_passphrase"}
    assert code_of(lambda: keeper.key("another id", kept)) == "wrong_passphrase"


@pytest.mark.parametrize(
    "keeper",
    [
        KeychainKeeper(Keychain()),
        PassphraseKeeper(PHRASE),
        MemoryKeeper(b"k" * 32),
        HandedKeeper(b"k" * 32, "keychain"),
    ],
)
def test_no_keeper_shows_its_secret(keeper: KeyKeeper) -> None:
    assert PHRASE not in repr(keeper)
    assert "kkkk" not in repr(keeper)


def test_a_handed_key_opens_but_makes_nothing(tmp_path: Path) -> None:
    key = os.urandom(32)
    create_workspace(tmp_path / "w", MemoryKeeper(key)).close()
    open_workspace(tmp_path / "w", HandedKeeper(key, "memory")).close()
    assert code_of(lambda: create_workspace(tmp_path / "new", HandedKeeper(key, "memory"))) == "handed_key"


def passphrase_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "passphrase"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize("content", [PHRASE, f"{PHRASE}\n", f"{PHRASE}\r\nsecond line\n", f"\ufeff{PHRASE}\r\n"])
def test_the_first_line_of_a_private_file_is_the_passphrase(tmp_path: Path, content: str) -> None:
    assert read_passphrase_file(passphrase_file(tmp_path, content.encode())) == PHRASE


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsError) as caught:
        read_passphrase_file(passphrase_file(tmp_path, PHRASE.encode(), mode))
    assert caught.value.code == "passphrase_file_open"
    assert PHRASE not in str(caught.value)
    assert str(tmp_path / "passphrase") in say(caught.value)


def test_a_credential_that_systemd_hands_to_a_unit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its right for the unit's user is an entry of an access list, which shows as one of the group."""
    file = passphrase_file(tmp_path, PHRASE.encode(), 0o440)
    with pytest.raises(SettingsError):
        read_passphrase_file(file)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read_passphrase_file(file) == PHRASE
    file.chmod(0o444)
    with pytest.raises(SettingsError):
        read_passphrase_file(file)


@pytest.mark.parametrize("content", [b"", b"\nsecond line", b"\xff\xfe\x00"])
def test_a_file_without_a_passphrase_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        read_passphrase_file(passphrase_file(tmp_path, content))
    assert caught.value.code == "passphrase_file"


def test_a_missing_file_is_refused_by_its_name(tmp_path: Path) -> None:
    """A command may be given three such files: of the workspace, of the new folder, of the database."""
    with pytest.raises(SettingsError) as caught:
        read_passphrase_file(tmp_path / "nowhere")
    assert str(tmp_path / "nowhere") in say(caught.value)


def test_a_restored_key_is_kept_and_never_takes_the_place_of_another() -> None:
    chain = Keychain()
    keeper, key = KeychainKeeper(chain), bytes(range(32))
    keeper.keep(key, "ws")
    keeper.keep(key, "ws")
    assert keeper.key("ws", {}) == key
    assert code_of(lambda: keeper.keep(bytes(32), "ws")) == "wrong_key"
    assert keeper.key("ws", {}) == key
    assert code_of(lambda: KeychainKeeper(Keychain(NoKeyringError())).keep(key, "ws")) == "no_keychain"
