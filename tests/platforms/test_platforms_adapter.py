"""Where platforms are found, and what a package that is none gets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import campaign_app.platforms.adapter as adapters
from campaign_app.domain.customer import Account
from campaign_app.domain.errors import SettingsError
from campaign_app.platforms import Parts, adapter_for, names, read_credentials, write_credentials


@pytest.mark.parametrize("name", names())
def test_every_platform_says_what_it_can_and_what_it_needs(name: str) -> None:
    found = adapter_for(name)
    assert found.name == name
    assert found.fields
    assert len({field.name for field in found.fields}) == len(found.fields)
    assert bool(found.issuer) == bool(found.issuer_name)


def test_a_platform_that_nobody_offers_is_a_settings_error() -> None:
    with pytest.raises(SettingsError) as info:
        adapter_for("pigeon_post")
    assert info.value.code == "unknown_platform"


@pytest.mark.parametrize("secret", ["", "no json", "[]", '{"token": 1}'])
def test_credentials_that_cannot_be_read_are_not_quoted(secret: str) -> None:
    with pytest.raises(SettingsError) as info:
        read_credentials(secret)
    assert info.value.code == "bad_credentials"
    assert not secret or secret not in f"{info.value!r}"


def test_credentials_come_back_as_they_were() -> None:
    credentials = {"token": "机密", "secret": "s"}
    assert read_credentials(write_credentials(credentials)) == credentials
    assert json.loads(write_credentials({})) == {}


BROKEN = {
    "cannot be parsed": "def broken(:\n",
    "raises while it is imported": "int('x')\n",
    "ends the process": "import sys\nsys.exit(3)\n",
    "has no adapter": "",
    "has a name and no more": "class ADAPTER:\n    name = 'other'\n",
    "raises when it is asked": "class A:\n    name = property(lambda self: 1 / 0)\nADAPTER = A()\n",
    "is another platform": "from campaign_app.platforms.jd import ADAPTER\n",
    "has capabilities of its own kind": (
        "class ADAPTER:\n    name, issuer, issuer_name, fields, client = 'other', '', '', (), print\n"
        "    capabilities = {}\n"
    ),
    "has fields of its own kind": (
        "from campaign_app.domain.platform import Capabilities\nclass ADAPTER:\n"
        "    name, issuer, issuer_name, fields, client = 'other', '', '', ('token',), print\n"
        "    capabilities = Capabilities()\n"
    ),
}


@pytest.mark.parametrize("source", BROKEN.values(), ids=BROKEN)
def test_a_broken_package_is_named(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = f"broken_{sha256(source.encode()).hexdigest()}"  # no two tests meet one in sys.modules
    (tmp_path / f"{module}.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    assert _refused(f"{module}:ADAPTER", monkeypatch) == ("broken_adapter", f"{module}:ADAPTER")


@pytest.mark.parametrize("value", ["no_such_package:ADAPTER", "json:ADAPTER", "json:dumps"])
def test_a_package_that_is_none_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _refused(value, monkeypatch) == ("broken_adapter", value)


def _refused(value: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, object]:
    point = EntryPoint("other", value, adapters.GROUP)
    monkeypatch.setattr(adapters, "_offered", lambda: {"other": point})
    assert "other" in names()
    with pytest.raises(SettingsError) as info:
        adapter_for("other")
    return info.value.code, info.value.facts["package"]


def test_no_secret_is_in_what_a_client_is_made_of() -> None:
    account = Account(1, "top", "店", "http://127.0.0.1", "E", "I", "登记处", "k", simulated=True, pinned_keys="")
    assert "geheim" not in repr(Parts(account, {"token": "geheim"}, lambda: datetime(2026, 11, 10, tzinfo=UTC)))
