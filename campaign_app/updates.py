"""Whether there is a newer release, asked only when a person asks, and believed only if the maintainers signed it.

A release is told of by a manifest, one JSON object: `signed` (what is said) and `signatures` over its canonical form,
each by an Ed25519 key. The keys that count are data of this very program (`resources/release/keys.json`); a program
without any believes nobody. Nothing is downloaded and nothing is run: a person is told what there is, with the hash of
every file.

No address is built in: it is this computer's setting, empty until somebody fills it in. A manifest may be a file, too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from platformdirs import user_config_path

from campaign_app import assets
from campaign_app.domain.errors import RemoteError, RemoteUnavailable, SettingsError

FORMAT: Final = "yunfa-release/1"
DOMAIN: Final = b"yunfa-release/1\n"  # no other signature of a maintainer's key can stand for one of these
MOST: Final = 1 << 20  # bytes of a manifest
AHEAD: Final = timedelta(days=2)
_NUMBER: Final = re.compile(r"(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})\.(0|[1-9]\d{0,5})")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,120}")
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
LANGUAGES: Final = ("zh_CN", "en")
Number = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class File:
    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Release:
    """What a manifest says. `minimum` is the oldest version that this one may be installed over."""

    version: str
    date: datetime
    expires: datetime
    minimum: str
    files: tuple[File, ...]
    changes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """`newer`: than what runs here. `first`: the version that has to be installed before it, or ""."""

    release: Release
    installed: str
    newer: bool
    first: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Asks for releases on this computer. `folder` keeps the address and the newest manifest that was believed."""

    folder: Path
    clock: Callable[[], datetime]
    installed: str
    keys: Mapping[str, Ed25519PublicKey] = field(repr=False)

    @property
    def address(self) -> str:
        return str(self._kept().get("address", ""))

    def use(self, address: str) -> None:
        """From now on; "" for none. Raises SettingsError `update_address`."""
        if address:
            _near(address)
        self._keep(address=address)

    def check(self) -> Found:
        """Asks the address. Raises SettingsError `update_no_address`, RemoteUnavailable `update_unreachable`, and what

        `check_bytes` raises.
        """
        address = self.address
        if not address:
            raise SettingsError("update_no_address", "No address of releases is set on this computer")
        return self.check_bytes(_fetched(address, self.clock))

    def check_file(self, file: Path) -> Found:
        """Without a network. Raises SettingsError `no_file`, and all that `check_bytes` raises."""
        try:
            with file.open("rb") as opened:
                data = opened.read(MOST + 1)
        except OSError as error:
            raise SettingsError("no_file", "The file cannot be read", file=str(file)) from error
        return self.check_bytes(data)

    def check_bytes(self, data: bytes) -> Found:
        """Raises SettingsError `update_no_key`, `update_broken`, `update_signature`, `update_expired`, `update_ahead`,
        `update_replayed`, `update_downgrade`; nothing of what was refused is remembered.
        """
        release = read(data, self.keys)
        now = self.clock()
        if release.date > now + AHEAD:
            _refuse("update_ahead", "It was made after today", release)
        if release.expires <= now:
            _refuse("update_expired", "It does not count any more", release)
        self._refuse_replayed(release)
        installed, offered = _number(self.installed), _number(release.version)
        if offered < installed:
            _refuse("update_downgrade", "It is older than this program", release, installed=self.installed)
        self._keep(seen={"date": written(release.date), "version": release.version})
        first = release.minimum if installed < _number(release.minimum) else ""
        return Found(release, self.installed, offered > installed, first)

    def _refuse_replayed(self, release: Release) -> None:
        """Whoever stands between can hold back what is new, but not bring back what was seen to be old."""
        seen = self._kept().get("seen")
        date, known = (str(seen.get(name, "")) for name in ("date", "version")) if isinstance(seen, dict) else ("", "")
        if _NUMBER.fullmatch(known) is None:
            return
        if written(release.date) < date or _number(release.version) < _number(known):
            _refuse("update_replayed", "A newer one was seen before", release, seen=known)

    def _kept(self) -> Mapping[str, Any]:
        try:
            kept = json.loads((self.folder / "updates.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}  # a small file that may be lost: what follows from it is only what was seen before
        return kept if isinstance(kept, dict) else {}

    def _keep(self, **values: Any) -> None:
        file = self.folder / "updates.json"
        aside = file.with_name(f"updates.json.{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps({**self._kept(), **values}), "utf-8")
            aside.replace(file)
        except OSError as error:
            raise SettingsError("update_unkept", str(error.strerror), file=str(file)) from error


def desk(clock: Callable[[], datetime], folder: Path | None = None) -> Desk:
    """Of this program on this computer."""
    kept = folder or user_config_path("campaign_app", appauthor=False)
    return Desk(kept, clock, version("campaign-app"), public_keys(assets.path("release", "keys.json").read_bytes()))


def public_keys(data: bytes) -> Mapping[str, Ed25519PublicKey]:
    """By their ids, which are hashes of them. `data` is this program's own file."""
    raw = [base64.b64decode(each, validate=True) for each in json.loads(data)["keys"]]
    return {key_id(each): Ed25519PublicKey.from_public_bytes(each) for each in raw}


def key_id(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


def canonical(said: Mapping[str, Any]) -> bytes:
    """The one form of JSON that is signed: names in order, no spaces, UTF-8."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_TIME)


def read(data: bytes, keys: Mapping[str, Ed25519PublicKey]) -> Release:
    """The manifest, if one of `keys` signed it. Raises SettingsError."""
    if not keys:
        raise SettingsError("update_no_key", "This program has no key by which a release could be verified")
    if len(data) > MOST:
        _broken("too long")
    try:
        whole = json.loads(data.decode(), object_pairs_hook=_once)
        said, signatures = whole["signed"], whole["signatures"]
        signed = DOMAIN + canonical(said)
        good = any(_holds(each, signed, keys) for each in signatures)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        _broken(type(error).__name__)
    if not good:
        raise SettingsError("update_signature", "No key of this program signed it")
    try:
        return _release(said)
    except (ValueError, KeyError, TypeError) as error:
        _broken(type(error).__name__)


def _holds(signature: Mapping[str, str], signed: bytes, keys: Mapping[str, Ed25519PublicKey]) -> bool:
    key = keys.get(signature["key"])
    if key is None:
        return False
    try:
        key.verify(base64.b64decode(signature["signature"], validate=True), signed)
    except InvalidSignature:
        return False
    return True


def _release(said: Mapping[str, Any]) -> Release:
    if said["format"] != FORMAT:
        raise ValueError(said["format"])
    files = tuple(File(_like(_NAME, each["name"]), _like(_HASH, each["sha256"]), _size(each)) for each in said["files"])
    changes = {language: str(said["changes"][language]) for language in LANGUAGES}
    numbers = _like(_NUMBER, said["version"]), _like(_NUMBER, said["minimum"])
    return Release(numbers[0], _moment(said["date"]), _moment(said["expires"]), numbers[1], files, changes)


def _like(pattern: re.Pattern[str], text: Any) -> str:
    if not isinstance(text, str) or pattern.fullmatch(text) is None:
        raise ValueError(text)
    return text


def _size(each: Mapping[str, Any]) -> int:
    size = each["size"]
    if type(size) is not int or size < 0:
        raise ValueError(size)
    return size


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def _number(text: str) -> Number:
    """Of this program the first three numbers count, for it may be on its way to a release (0.2.0rc1)."""
    found = _NUMBER.match(text)
    if found is None:
        raise SettingsError("update_own_version", "This program does not know its version")
    one, two, three = map(int, found.groups())
    return one, two, three


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """No name twice: two readers could take different ones of them."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice")
    return made


def _fetched(address: str, clock: Callable[[], datetime]) -> bytes:
    from campaign_app.transport.download import Download

    try:
        return b"".join(Download(clock, near=_near(address), most_bytes=MOST, whole_seconds=60.0).lines(address))
    except RemoteError as error:  # whose words are those of a platform that messages go through
        raise RemoteUnavailable("update_unreachable", f"{error.code}: {error}") from error


def _near(address: str) -> bool:
    """Whether it is on this computer."""
    from campaign_app.transport.session import checked_address

    try:
        return checked_address(address.partition("?")[0])[1]
    except SettingsError as error:
        raise SettingsError("update_address", str(error)) from error


def _broken(why: str) -> NoReturn:
    raise SettingsError("update_broken", f"This is no manifest of a release, or not all of one: {why}")


def _refuse(code: str, why: str, release: Release, **more: str) -> NoReturn:
    date, expires = f"{release.date:%Y-%m-%d}", f"{release.expires:%Y-%m-%d}"
    raise SettingsError(code, why, version=release.version, date=date, expires=expires, **more)
