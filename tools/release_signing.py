"""The key of a release, the sums of its files, and the manifest that `campaign_app/updates.py` reads.

The private key comes from a file or from a variable of the maintainer's, for as long as the signing takes, and is never
in the repository.

    python tools/release_signing.py new FILE                        makes a key
    python tools/release_signing.py add FOLDER FILE… [--key FILE]   takes what was made elsewhere into a release
"""

from __future__ import annotations

import argparse
import base64
import getpass
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from campaign_app.domain.errors import SettingsError  # noqa: E402  once the root is on the path
from campaign_app.updates import DOMAIN, FORMAT, Release, canonical, key_id, read, written  # noqa: E402

VARIABLE: Final = "YUNFA_RELEASE_KEY"
KEYS: Final = Path("resources") / "release" / "keys.json"
VALID: Final = timedelta(days=365)
SUMS: Final = "SHA256SUMS"
# the oldest version that a release may be installed over; every schema so far is brought up to date
MINIMUM: Final = "0.1.0"


@dataclass(frozen=True, slots=True)
class Key:
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def raw(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def public(self) -> str:
        return base64.b64encode(self.raw).decode()


def throw_away() -> Key:
    return Key(Ed25519PrivateKey.generate())


def given(file: Path | None) -> Key:
    """The maintainer's, from a PEM file or the variable.

    Its public half must be in the repository, unless none is: nobody's program could refuse the first release, which
    takes it in.
    """
    pem = file.read_bytes() if file is not None else os.environ.get(VARIABLE, "").encode()
    if not pem:
        sys.exit(f"needs --key FILE or {VARIABLE}")
    phrase = getpass.getpass("passphrase of the key: ").encode() if b"ENCRYPTED" in pem else None
    private = load_pem_private_key(pem, phrase)
    if not isinstance(private, Ed25519PrivateKey):
        sys.exit("the key is no Ed25519 key")
    key = Key(private)
    known = json.loads((ROOT / KEYS).read_text("utf-8"))["keys"]
    if known and key.public not in known:
        sys.exit(f"the key is none of {KEYS}: programs that are out there would not believe it (docs/release.md)")
    return key


def put_key(tree: Path, public: str) -> None:
    file = tree / KEYS
    keys = json.loads(file.read_text("utf-8"))["keys"]
    file.write_text(json.dumps({"keys": sorted({*keys, public})}) + "\n", "utf-8")


def sign(out: Path, manifest: Path, version: str, changes: Mapping[str, str], key: Key) -> None:
    """Writes the sums and the manifest of all files in `out`. `changes` are by language."""
    files = [_file(each) for each in sorted(out.iterdir()) if each.name not in (SUMS, manifest.name)]
    (out / SUMS).write_text("".join(f"{each['sha256']}  {each['name']}\n" for each in files), "utf-8")
    now = datetime.now(UTC)
    said = {
        "format": FORMAT,
        "version": version,
        "date": written(now),
        "expires": written(now + VALID),
        "minimum": MINIMUM,
        "files": files,
        "changes": changes,
    }
    signature = base64.b64encode(key.private.sign(DOMAIN + canonical(said))).decode()
    told = {"signed": said, "signatures": [{"key": key_id(key.raw), "signature": signature}]}
    manifest.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")


def add(folder: Path, files: Sequence[Path], key: Key) -> None:
    """What was built of the release's tag on other systems comes into `folder`; sums and manifest are made anew.

    Nothing is signed unless the same key signed what is there, and all of it is as it was signed.
    """
    (manifest,) = folder.glob("*.release.json")
    release = _signed(manifest, key)
    here = {each.name: hashlib.sha256((folder / each.name).read_bytes()).hexdigest() for each in release.files}
    if changed := [each.name for each in release.files if here[each.name] != each.sha256]:
        sys.exit(f"changed since it was signed: {changed}")
    if foreign := [each.name for each in files if release.version not in each.name]:
        sys.exit(f"not of {release.version}, by their names: {foreign}")
    if known := [each.name for each in files if (folder / each.name).exists()]:
        sys.exit(f"there already: {known}")
    for each in files:
        shutil.copyfile(each, folder / each.name)
    sign(folder, manifest, release.version, release.changes, key)
    _signed(manifest, key)


def _signed(manifest: Path, key: Key) -> Release:
    try:
        return read(manifest.read_bytes(), {key_id(key.raw): key.private.public_key()})
    except SettingsError as error:
        sys.exit(f"{manifest.name}: {error}")


def _file(each: Path) -> dict[str, Any]:
    digest = hashlib.sha256(each.read_bytes()).hexdigest()
    return {"name": each.name, "sha256": digest, "size": each.stat().st_size}


def new(file: Path) -> None:
    """A key of the maintainer's under a passphrase; its public half is printed, for the repository."""
    phrase = getpass.getpass("a passphrase for the key: ")
    if len(phrase) < 12 or phrase != getpass.getpass("again: "):
        sys.exit("at least 12 characters, twice the same")
    key = throw_away()
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(phrase.encode()))
    with open(file, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
        out.write(pem)
    print(f'for "keys" in {KEYS}: "{key.public}"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("new").add_argument("file", type=Path)
    adding = does.add_parser("add")
    adding.add_argument("folder", type=Path)
    adding.add_argument("files", type=Path, nargs="+")
    adding.add_argument("--key", type=Path, help=f"or in the variable {VARIABLE}")
    chosen = parser.parse_args()
    if chosen.does == "new":
        new(chosen.file)
    else:
        add(chosen.folder, chosen.files, given(chosen.key))


if __name__ == "__main__":
    main()
