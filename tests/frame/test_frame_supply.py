"""What the program is made of is known: by hash, by licence, and without a secret among its files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.licences import SHIPPED, applies, closure, requirements
from tools.make_notices import FILE, listed, natives, told

ROOT = Path(__file__).resolve().parents[2]
# what a secret looks like when it is written down; each is looked for in every file of the repository
SECRETS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}"),
    "AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "Alibaba Cloud": re.compile(r"\bLTAI[A-Za-z0-9]{16,26}\b"),
    "Tencent Cloud": re.compile(r"\bAKID[A-Za-z0-9]{32}\b"),
    "GitHub": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b"),
    "PyPI": re.compile(r"\bpypi-[A-Za-z0-9_-]{80,}"),
    "Shopify": re.compile(r"\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}\b"),
    "Slack": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    "JSON Web Token": re.compile(r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}"),
    "password in an address": re.compile(r"\b(?:https?|postgresql|mysql|amqp)://[^\s:/@'\"{}<>]+:[^\s:/@'\"{}<>]{6,}@"),
}
EXAMPLES = {
    "private key": "-----BEGIN PRIVATE KEY-----\n" + "A" * 44,
    "AWS": "AKIA" + "A" * 16,
    "Alibaba Cloud": "LTAI" + "a" * 20,
    "Tencent Cloud": "AKID" + "a" * 32,
    "GitHub": "ghp_" + "a" * 36,
    "PyPI": "pypi-" + "a" * 90,
    "Shopify": "shpat_" + "0" * 32,
    "Slack": "xoxb-" + "1" * 24,
    "JSON Web Token": f"eyJ{'a' * 24}.eyJ{'b' * 24}.{'c' * 24}",
    "password in an address": "postgresql://user:" + "hunter22" + "@host/",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name]


def test_no_secret_is_in_a_file_of_the_repository() -> None:
    found = []
    for file in tracked():
        if not file.is_file() or file.suffix in (".png", ".qm", ".zip", ".yunfa-backup"):
            continue
        text = file.read_text("utf-8", errors="ignore")
        found += [f"{file.relative_to(ROOT)}: {kind}" for kind, pattern in SECRETS.items() if pattern.search(text)]
    assert set(found) == KNOWN


# an answer of the sandbox as an example; a made-up address whose password a log has to mask
KNOWN = {
    "resources/openapi/platform-consent-v1.yaml: JSON Web Token",
    "tests/frame/test_frame_logs.py: password in an address",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_the_search_knows_one_when_it_sees_it(kind: str) -> None:
    assert SECRETS[kind].search(EXAMPLES[kind])


def hashed() -> dict[str, tuple[str, int]]:
    """Version and number of hashes by name."""
    text = (ROOT / "constraints-hashed.txt").read_text("utf-8").replace("\\\n", " ")
    blocks = re.findall(r"^([\w.-]+)==(\S+)(.*)$", text, re.MULTILINE)
    return {canonicalize_name(name): (version, rest.count("--hash=sha256:")) for name, version, rest in blocks}


def test_every_file_of_a_release_is_known_by_its_hash() -> None:
    """Made anew by tools/hash_constraints.py after a change of the pins."""
    known = hashed()
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").split())
    pinned = {canonicalize_name(name): version for name, version in pins.items()}
    assert {name: version for name, (version, _) in known.items()}.items() <= pinned.items()
    assert [name for name, (_, hashes) in known.items() if not hashes] == []
    wanted = {canonicalize_name(needed.name) for needed in requirements(*SHIPPED, "build") if applies(needed)}
    assert wanted | set(closure()) <= known.keys()


def test_the_notices_name_what_is_shipped() -> None:
    """Made anew by tools/make_notices.py after a change of the pins."""
    text = FILE.read_text("utf-8")
    missing = [name for name, (version, licence) in listed().items() if f"- {name} {version}: {licence}\n" not in text]
    missing += [name for name, licence in natives() if f"- {name}: {licence}\n" not in text]
    missing += [name for name, package in told() if f"\n{name}: Debian's {package}\n" not in text]
    assert missing == []
    # what these ask of whoever hands them on in machine code
    for owed in ("Computing Services", "OpenLDAP Public License", "PostgreSQL Global Development", "Zetetic LLC"):
        assert owed in text


def test_extras_that_install_nothing_say_so() -> None:
    """The names that one expects exist, and need no package: the program speaks to those providers itself."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    for extra in ("aliyun", "tencent", "smpp"):
        assert f"{extra} = []\n" in project
    assert [Requirement(str(each)).name for each in requirements("team")][-1] == "psycopg"
