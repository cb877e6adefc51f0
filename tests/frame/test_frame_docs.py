"""The documents speak of things that exist, and of every setting."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaign_app.cli.campaigns import read_definition
from campaign_app.cli.main import app
from campaign_app.settings import DECLARED, Declared, to_stored
from campaign_app.storage import filters

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_its_links_lead_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)
def test_every_setting_has_its_row(declared: Declared) -> None:
    rows = (ROOT / "docs" / "settings.md").read_text("utf-8").splitlines()
    (row,) = [row for row in rows if row.startswith(f"| `{declared.name}` |")]
    cells = [cell.strip() for cell in row.split("|")]
    assert cells[2] == str(to_stored(declared.default))
    assert cells[4:6] == [declared.zh, declared.en]


def test_the_campaign_that_is_shown_can_be_screened(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "formats.md").read_text("utf-8")
    (shown,) = re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    file = tmp_path / "campaign.json"
    file.write_text(shown, "utf-8")
    fields, audience = read_definition(file)
    assert {*fields, "audience"} == json.loads(shown).keys()
    filters.clause(audience, datetime(2026, 11, 1, tzinfo=UTC))


def test_every_command_is_described() -> None:
    rows = (ROOT / "docs" / "commands.md").read_text("utf-8").splitlines()
    described = {name for row in rows if row.startswith("| `") for name in re.findall(r"`([\w-]+)`", row.split("|")[1])}
    assert described == {known.name for known in (*app.registered_commands, *app.registered_groups)}


def test_the_code_refers_to_documents_that_exist() -> None:
    sources = [*(ROOT / "campaign_app").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    named = {name for file in sources for name in re.findall(r"docs/\w+\.md", file.read_text("utf-8"))}
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []
