"""The manual speaks of the window, the commands and the errors that there are, in both languages alike."""

from __future__ import annotations

import re
import shlex
import tomllib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer

from campaign_app import assets
from campaign_app.cli.main import command_line
from campaign_app.compliance import fixes
from campaign_app.settings import DECLARED, Declared, to_stored
from tools import manual

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "docs" / "manual"
# the help window opens these by name, in either language
CHAPTERS = (
    *("first-campaign", "overview", "customers", "campaigns", "signatures", "compliance", "complaints", "records"),
    *("settings", "accounts", "policies", "team", "backup", "troubleshooting", "security"),
)
PAGES = sorted(MANUAL.glob("*/*.md"))
WRITTEN = [page for page in PAGES if page.stem != "error-codes"]
NAMES = {"zh": re.compile(r"「([^」]+)」"), "en": re.compile(r"\*\*([^*]+)\*\*")}
LINK = re.compile(r"!?\[[^\]]*\]\(([^)]+)\)")
PLACEHOLDER = re.compile(r"\{[^{}]*\}|%L?n")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# what nobody has compared with the original is quoted with its mark in the same paragraph
UNVERIFIED = {"zh": (("第74号", "征求意见稿"), "未核实"), "en": (("Order 74", "draft of 2020"), "not verified")}
USAGE = typer.BadParameter.__mro__[1]  # what every mistake in a command line is
MOST_BYTES = 6 * 1024 * 1024  # of what every installation carries


def prose(page: Path) -> str:
    """A page without its code."""
    return re.sub(r"`[^`\n]*`", "", FENCED.sub("", page.read_text("utf-8")))


def pattern(source: str) -> str | None:
    """A name as it is drawn, whatever stands for its placeholders; None if little but placeholders is left."""
    words = PLACEHOLDER.split(source)
    if len(words) > 1 and len("".join(words).replace(" ", "")) < 3:
        return None
    return ".+".join(re.escape(part) for part in words)


def spoken() -> Iterator[tuple[str, str]]:
    """Every word of the window: Chinese and English."""
    for message in ET.parse(ROOT / "resources" / "i18n" / "en.ts").getroot().iter("message"):
        translation = message.find("translation")
        assert translation is not None
        forms = translation.findall("numerusform")
        for said in forms or [translation]:
            yield message.findtext("source", ""), "".join(said.itertext())
    for table in tomllib.loads((ROOT / "resources" / "words" / "terms.toml").read_text("utf-8")).values():
        for word in table.values():
            yield word["zh_CN"], word["en"]
    for declared in DECLARED:
        yield declared.zh, declared.en
    labels = fixes._LABELS
    for key, label in labels["zh_CN"].items():
        yield label, labels["en"][key]


@cache
def vocabulary() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    both = {(pattern(zh.strip()), pattern(en.strip())) for zh, en in spoken()}
    return tuple((re.compile(zh), re.compile(en)) for zh, en in both if zh and en)


@cache
def english_of(name: str) -> list[re.Pattern[str]]:
    return [en for zh, en in vocabulary() if zh.fullmatch(name)]


def names(page: Path) -> set[str]:
    return set(NAMES[page.parent.name].findall(prose(page)))


def ids(page: Path) -> str:
    return f"{page.parent.name}/{page.stem}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chapter_that_help_opens_is_shipped(language: str) -> None:
    assert [name for name in CHAPTERS if not assets.path("manual", language, f"{name}.md").is_file()] == []


def test_both_languages_have_the_same_pages() -> None:
    assert {page.stem for page in (MANUAL / "zh").glob("*.md")} == {page.stem for page in (MANUAL / "en").glob("*.md")}


@pytest.mark.parametrize("page", WRITTEN, ids=ids)
def test_what_it_names_is_in_the_window(page: Path) -> None:
    at = 0 if page.parent.name == "zh" else 1
    unknown = [name for name in sorted(names(page)) if not any(word[at].fullmatch(name) for word in vocabulary())]
    assert unknown == [], "write names as the window has them, or without the marks of a name"


@pytest.mark.parametrize("page", [page for page in WRITTEN if page.parent.name == "zh"], ids=ids)
def test_its_translation_names_the_same_things(page: Path) -> None:
    chinese, english = names(page), names(MANUAL / "en" / page.name)
    untold = [name for name in sorted(chinese) if not any(en.fullmatch(e) for en in english_of(name) for e in english)]
    added = [e for e in sorted(english) if not any(en.fullmatch(e) for name in chinese for en in english_of(name))]
    assert (untold, added) == ([], [])


@pytest.mark.parametrize("page", [page for page in WRITTEN if page.parent.name == "zh"], ids=ids)
def test_its_translation_has_the_same_parts(page: Path) -> None:
    def parts(text: str) -> list[str]:
        kinds = re.findall(r"^(#+|\d+\.|-|\||```|!\[)(?: |\w|\[|[^|]*\|)", FENCED.sub("```c", text), re.MULTILINE)
        return [re.sub(r"\d+", "n", kind) for kind in kinds]

    assert parts(page.read_text("utf-8")) == parts((MANUAL / "en" / page.name).read_text("utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_its_links_lead_somewhere(page: Path) -> None:
    def leads(link: str) -> bool:
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        return target.is_file() and (not anchor or anchor in anchors(target))

    links = [link for link in LINK.findall(page.read_text("utf-8")) if not link.startswith(("http:", "https:"))]
    assert [link for link in links if not leads(link)] == []


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


@pytest.mark.parametrize("page", WRITTEN, ids=ids)
def test_it_is_plain_enough_for_the_help_window(page: Path) -> None:
    text = FENCED.sub("", page.read_text("utf-8"))
    assert re.findall(r"^(?:!!!|\?\?\?|===|:::).*", text, re.MULTILINE) == []
    assert re.findall(r"<\w+[^>]*>|\{[:.#][^}]*\}|\[\^", text) == []
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("declared", DECLARED, ids=lambda declared: declared.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_policy_has_its_row(language: str, declared: Declared) -> None:
    said = f"「{declared.zh}」" if language == "zh" else f"**{declared.en}**"
    rows = (MANUAL / language / "policies.md").read_text("utf-8").splitlines()
    (row,) = [row for row in rows if row.startswith(f"| {said} |")]
    _, _, default, values, *_ = (cell.strip() for cell in row.split("|"))
    if not declared.is_switch:
        stored = to_stored(declared.default)
        assert default.startswith(f"{stored:,}" if isinstance(stored, int) else str(stored))
    if declared.high is not None and not declared.is_switch:
        assert values == f"{declared.low} {'到' if language == 'zh' else 'to'} {declared.high:,}"


@pytest.mark.parametrize("page", WRITTEN, ids=ids)
def test_what_is_not_verified_says_so(page: Path) -> None:
    texts, mark = UNVERIFIED[page.parent.name]
    paragraphs = re.split(r"\n(?=\n|- )", page.read_text("utf-8"))
    assert [each for each in paragraphs if any(text in each for text in texts) and mark not in each] == []


def commands(page: Path) -> Iterator[str]:
    for block in re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        yield from (line for line in block.splitlines() if line.startswith("campaign-app"))


@pytest.mark.parametrize("page", WRITTEN, ids=ids)
def test_its_commands_can_be_typed(page: Path) -> None:
    for line in commands(page):
        parsed(line)


def parsed(line: str) -> None:
    """Reads a command line as the program would, and runs nothing; raises USAGE for one that it would refuse."""
    command, above, words = command_line, None, shlex.split(line, comments=True)[1:]
    while True:
        with command.make_context(command.name, words, parent=above) as above:
            if not hasattr(command, "resolve_command"):
                return
            _, found, words = command.resolve_command(above, [*above._protected_args, *above.args])
            assert found is not None
            command = found


@pytest.mark.parametrize(
    "wrong", ["campaign-app nothing", "campaign-app backup create", "campaign-app doctor --quicker"]
)
def test_a_command_that_does_not_exist_is_noticed(wrong: str) -> None:
    with pytest.raises(USAGE):
        parsed(f"campaign-app {wrong}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_error_codes_are_those_of_the_program(language: str) -> None:
    written = (MANUAL / language / "error-codes.md").read_text("utf-8")
    assert written == manual.error_codes(language), "run tools/manual.py"
    codes = tomllib.loads((ROOT / "resources" / "words" / "errors.toml").read_text("utf-8"))
    assert [code for code in codes if f"| `{code}` |" not in written] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_pictures_are_those_of_the_screenshots(language: str) -> None:
    wanted = manual.pictures(language)
    assert set((MANUAL / language / "images").glob("*.png")) == wanted.keys()
    old = [target.name for target, source in wanted.items() if manual.drawn_from(target) != manual.sha256(source)]
    assert old == [], "run tools/manual.py"


def test_its_pictures_are_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in MANUAL.glob("*/images/*")) <= MOST_BYTES


def test_every_page_stands_in_the_contents_of_both_sites() -> None:
    for language, config in (("zh", "mkdocs.yml"), ("en", "mkdocs-en.yml")):
        listed = re.findall(r"- ([\w-]+\.md)$", (MANUAL / config).read_text("utf-8"), re.MULTILINE)
        assert sorted(listed) == sorted(page.name for page in (MANUAL / language).glob("*.md"))
