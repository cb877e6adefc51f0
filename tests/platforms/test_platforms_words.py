"""Every platform has its name, one sentence on what it can confirm, words for its fields, and its rows in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from campaign_app.domain.errors import AppError
from campaign_app.platforms import adapter_for
from campaign_app.platforms.adapter import OWN
from campaign_app.words import Language, load

DOCS = (Path(__file__).parents[2] / "docs" / "platforms.md").read_text("utf-8")
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
SENTENCE = re.compile(r"[^。]+。|[^.]+\.")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWN)
def test_a_platform_says_in_one_sentence_what_it_can_confirm(name: str, language: Language) -> None:
    words = load(language)
    assert words.term("platform", name) != name
    assert SENTENCE.fullmatch(words.why("platform", name))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWN)
def test_every_field_of_a_platform_has_a_word(name: str, language: Language) -> None:
    words = load(language)
    assert words.term("platform_setup", name) != name
    for field in adapter_for(name).fields:
        own = f"{name}_{field.name}"
        said = words.term("connect_field", own), words.term("connect_field", field.name)
        assert said != (own, field.name)


@pytest.mark.parametrize("name", OWN)
def test_a_platform_without_consents_says_so(name: str) -> None:
    can = adapter_for(name).capabilities.consent_lookup
    assert ("另接同意查询服务" in load("zh_CN").why("platform", name)) is not can
    assert ("connect a consent service" in load("en").why("platform", name)) is not can


@pytest.mark.parametrize("name", OWN)
def test_the_page_of_platforms_says_what_the_adapter_says(name: str) -> None:
    rows = [row for row in DOCS.splitlines() if row.startswith(f"| `{name}`")]
    assert len(rows) == 3
    cells = [cell.strip() for cell in rows[0].split("|")][2:]
    found = adapter_for(name).capabilities
    told = found.consent_lookup, found.customers, found.opt_out_write, found.signatures
    assert cells[:4] == ["yes" if can else "no" for can in told]


def test_an_answer_against_the_contract_may_be_a_networks_log_in_page() -> None:
    """HTML instead of JSON: there is something to do before anybody is phoned."""
    zh, en = (load(language).error(AppError("contract_broken", "")) for language in LANGUAGES)
    assert "网络登录页或代理" in zh
    assert "log-in page or a proxy" in en
