"""The words of codes: complete, in both languages, and the same in meaning as far as a test can tell."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copytree
from string import Formatter
from typing import Any

import pytest

from campaign_app import assets, words
from campaign_app.compliance.message import KINDS, PURPOSES, SOURCES, STATUSES
from campaign_app.compliance.refused import Wrong
from campaign_app.domain.campaign import NEW_TIME, CampaignState
from campaign_app.domain.consent import Channel, ConsentMethod, ConsentStatus, Reason, SuppressionKind
from campaign_app.domain.copies import NOTES
from campaign_app.domain.errors import AppError, NotAllowed
from campaign_app.domain.finding import Severity
from campaign_app.domain.message import Outcome
from campaign_app.domain.peak import PAUSED_ALL, PlanState, Result
from campaign_app.jobs.worker import WORK
from campaign_app.platforms.leaves import Note
from campaign_app.platforms.native import NativeNote
from campaign_app.platforms.shopify.mapping import ShopNote
from campaign_app.services.peak_checks import ASKED
from campaign_app.services.tables import Certainty
from campaign_app.words import Language, load

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")
FILES: dict[str, Any] = {
    name: tomllib.loads(assets.path("words", f"{name}.toml").read_text("utf-8")) for name in ("errors", "terms")
}
ENTRIES: dict[str, dict[str, str]] = {
    **FILES["errors"],
    **{f"{table}.{code}": entry for table, codes in FILES["terms"].items() for code, entry in codes.items()},
}
CHINESE = re.compile("[一-鿿]")
SENTENCE_END = re.compile(r"[.!?](?= |$)")
ASK = (
    "import sys; sys.path.insert(0, sys.argv[1]); from campaign_app.words import load;"
    "print(load('en').term('reason', 'stale'))"
)


def literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def source(name: str) -> ast.Module:
    return ast.parse((ROOT / "campaign_app" / name).read_text("utf-8"))


def function(name: str, file: str) -> ast.FunctionDef:
    return next(n for n in ast.walk(source(file)) if isinstance(n, ast.FunctionDef) and n.name == name)


def returns(name: str, file: str) -> Iterator[ast.Return]:
    return (node for node in ast.walk(function(name, file)) if isinstance(node, ast.Return))


def state_notes() -> set[str]:
    """The constants, and what stands before the `:` of the composed ones, wherever a campaign gets its note."""
    found = set()
    texts = (file.read_text("utf-8") for file in (ROOT / "campaign_app").rglob("*.py"))
    for tree in (ast.parse(text) for text in texts if "put_aside" in text or "state_note" in text):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                last = [node.args[3]] if getattr(node.func, "id", "") == "put_aside" else []
                given = [*last, *(k.value for k in node.keywords if k.arg == "state_note")]
                found |= {text.partition(":")[0] for each in given for text in literals(each)}
    tries = (n.value for n in returns("_try", "jobs/settling.py") if isinstance(n.value, ast.Call))
    ends = [tried.args[2] for tried in tries if len(tried.args) == 3]
    for name in ("shop_note", "why_refused"):
        ends += [n.value for n in returns(name, "jobs/notes.py") if n.value is not None]
    found |= {text.partition(":")[0] for end in ends for text in literals(end)} - {"platform_unavailable", "shop"}
    found = {note for note in found if "%" not in note}
    return {note for note in found if note} | NOTES | {PAUSED_ALL, NEW_TIME}


def refusals() -> set[str]:
    """Every word of the modules that refuse rows or settle columns which looks like a code and has no other use."""
    checks = function("_keys", "services/import_rows.py"), function("_too_long", "services/import_rows.py")
    found = {text for tree in checks for text in literals(tree)} - {"", "+", "repaired"}
    found |= {text for text in literals(function("_repair", "services/import_phones.py")) if text.startswith("phone_")}
    for file in (ROOT / "campaign_app" / "jobs" / "tabular").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadRow":
                found |= set(literals(node.args[1]))
    columns = *_tuple_ends(function("_column", "services/import_columns.py")), *literals_returned("_ignored")
    return found | {text for text in columns if text}


def _tuple_ends(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Column":
            yield from (text for text in literals(node.args[3]) if text)


def literals_returned(name: str) -> Iterator[str]:
    for node in ast.walk(function(name, "services/import_columns.py")):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from (text for text in literals(node.value) if text.islower())


def job_kinds() -> set[str]:
    run = function("run", "jobs/flows.py")
    flows = next(n for n in ast.walk(run) if isinstance(n, ast.Dict))
    return {str(key.value) for key in flows.keys if isinstance(key, ast.Constant)}


def signature_problems() -> set[str]:
    """What the service answers, the states that it passes on, and one that nobody reported."""
    found = {
        *literals(function("problem_of", "services/composing.py")),
        *literals(function("standing", "domain/signature.py")),
    } - {"approved"}
    codes = {text for text in found if text.isidentifier()}
    return codes | (STATUSES - {"approved"}) | {"not_reported", "letter_over", "scope_untold"}


WANTED: dict[str, Iterable[str]] = {
    "reason": {*Reason, "unscreened"},
    "state": set(CampaignState),
    "consent_status": set(ConsentStatus),
    "consent_method": set(ConsentMethod),
    "channel": set(Channel),
    "purpose": PURPOSES,
    "suppression": set(SuppressionKind),
    "severity": {severity.word for severity in Severity},
    "verdict": {"block", "warn", "pass"},
    "outcome": set(Outcome),
    "peak_state": set(PlanState),
    "peak_result": set(Result),
    "peak_asked": ASKED,
    "peak_standing": {"ok", "todo", "unknown"},
    "certainty": set(Certainty),
    "fact_note": {*Note, *NativeNote, *ShopNote},
    "signature_status": {*STATUSES, "expired"},
    "signature_source": {*SOURCES, "unknown"},
    "entity_kind": {*KINDS, "unknown"},
    "carrier_filing": {"filed", "partly", "not_filed", "unknown"},
    "signature_problem": signature_problems(),
    "state_note": state_notes(),
    "job": job_kinds(),
    "pack_problem": set(Wrong),
}


@pytest.mark.parametrize("table", WANTED)
def test_a_table_has_every_code_and_no_other(table: str) -> None:
    assert set(FILES["terms"][table]) == {str(code) for code in WANTED[table]}


def test_the_window_quotes_in_one_way() -> None:
    """By “”, as most of it always did; in the manual 「」 marks what stands in the window."""
    said = [*assets.path("words").glob("*.toml"), assets.path("i18n", "en.ts")]
    assert len(said) > len(FILES)
    assert [file.name for file in said if re.search("[「」『』]", file.read_text("utf-8"))] == []


def test_every_reason_for_refusing_a_row_or_ignoring_a_column_has_words() -> None:
    found = refusals()
    assert found - set(FILES["terms"]["refusal"]) == set()
    assert {"no_key", "phone_rounded", "wrong_fields", "value_too_long", "consent", "second_key"} <= found


def test_the_worker_starts_only_jobs_that_have_words() -> None:
    assert set(WORK.values()) - {""} <= set(FILES["terms"]["job"])


def test_both_languages_say_everything() -> None:
    for code, entry in ENTRIES.items():
        kinds = {"zh_CN", "en"} | ({"why_zh_CN", "why_en"} if "why_zh_CN" in entry or "why_en" in entry else set())
        assert kinds <= set(entry) <= {*kinds, "cli_zh_CN"}, code
        for kind, said in entry.items():
            assert said == said.strip() != "", code
            assert bool(CHINESE.search(said)) is (kind not in {"en", "why_en"}), code
        fields = {kind: {name for _, name, _, _ in Formatter().parse(said) if name} for kind, said in entry.items()}
        assert all(found == fields["zh_CN"] for found in fields.values()), code


def test_an_error_takes_two_sentences_at_most() -> None:
    for code, entry in FILES["errors"].items():
        assert entry["zh_CN"].count("。") <= 2, code
        assert len(SENTENCE_END.findall(entry["en"])) <= 2, code


def test_every_reason_and_note_is_explained() -> None:
    for table in ("reason", "state_note"):
        for code in FILES["terms"][table]:
            assert all(load(language).why(table, code) for language in LANGUAGES)


def test_what_has_no_words_speaks_for_itself() -> None:
    known = load("zh_CN")
    assert known.term("reason", "something_new") == "something_new"
    assert known.term("no_such_table", "x") == "x"
    assert (known.why("reason", "something_new"), known.why("job", "sync")) == ("", "")
    assert known.error(AppError("something_new", "It speaks for itself")) == "It speaks for itself"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fact_that_is_missing_is_an_ellipsis(language: Language) -> None:
    assert "120" in load(language).error(NotAllowed("recipient_count", "differs", screened=120))
    assert "…" in load(language).error(NotAllowed("recipient_count", "differs"))


def test_a_state_note_may_hold_the_code_of_an_error() -> None:
    chinese, english = load("zh_CN"), load("en")
    assert chinese.term("state_note", "window_over") == "发送时段已过"
    assert chinese.term("state_note", "account_refused:balance") == "账户被拒绝：账户余额不足。请充值后重试。"
    assert english.term("state_note", "refused:not_ours") == "Batch refused: not_ours"
    assert english.term("state_note", "platform_unavailable").startswith("The platform did not respond")
    assert english.term("state_note", "not_ours") == "not_ours"
    assert "整个账户" in chinese.why("state_note", "account_refused:balance")
    assert chinese.why("state_note", "platform_unavailable") == ""


def test_a_state_note_may_name_a_moment() -> None:
    note = "later:sender_quota:2026-11-27 08:00"
    said = "2026-11-27 08:00 起可继续：今天的发送量已达服务商的上限。请在服务商处调整上限，或明天再发。"
    assert load("zh_CN").term("state_note", note) == load("zh_CN").note(note) == said
    assert "2026-11-27 08:00 才再受理" in load("zh_CN").why("state_note", note)


def test_a_state_note_may_name_the_providers_own_code() -> None:
    for note, told in (
        ("account_refused:platform_refused=30001", "账户被拒绝：平台拒绝了这个请求（错误码 30001）"),
        ("refused:provider_refused=isv.NEW", "发送通道拒收这一批：短信服务商拒绝了这个请求（isv.NEW）"),
        ("at_shop:platform_refused=66:安宁=:店", "店铺“安宁=:店”查询失败：平台拒绝了这个请求（错误码 66）"),
        ("provider_refused=isv.NEW", "短信服务商拒绝了这个请求（isv.NEW）"),
        (
            "refused:batch_refused=isv.SMS_TEMPLATE_ILLEGAL",
            "发送通道拒收这一批：整批短信因同一个原因（模板未通过审核或不存在）",
        ),
    ):
        assert load("zh_CN").note(note).startswith(told)


def test_a_state_note_may_name_a_shop_whatever_it_is_called() -> None:
    chinese, note = load("zh_CN"), "at_shop:unauthorized:安宁:{二}店"
    said = "店铺“安宁:{二}店”查询失败：平台不认可此账户的凭证，请核对账户标识和密钥（私钥或访问令牌）。"
    assert chinese.term("state_note", note) == said
    assert "“安宁:{二}店”没有给出答复" in chinese.why("state_note", note)
    assert chinese.note(note) == said
    assert chinese.note("window_over").startswith("发送时段已过，余下的没有发送")
    assert chinese.note("balance") == "账户余额不足。请充值后重试。"
    assert load("en").term("state_note", note).startswith("Shop “安宁:{二}店” could not be asked: The platform")


def test_the_words_are_found_in_an_installed_wheel(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "campaign_app"
    copytree(ROOT / "campaign_app", package, ignore=lambda *_: ["__pycache__"])
    copytree(ROOT / "resources" / "words", package / "resources" / "words")
    ask = [sys.executable, "-I", "-c", ASK, str(package.parent)]
    done = subprocess.run(ask, check=True, capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip() == "Consent record too old"


@pytest.mark.parametrize("broken", ["[x", "\udcff"])
def test_words_that_cannot_be_read_ask_for_a_new_installation(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "resources" / "words" / "terms.toml"
    file.parent.mkdir(parents=True)
    file.write_text(broken, "utf-8", errors="surrogateescape")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    words._read.cache_clear()
    try:
        with pytest.raises(AppError, match="install the program again") as caught:
            load("en").term("reason", "stale")
        assert caught.value.code == "asset_missing"
    finally:
        words._read.cache_clear()


def test_a_file_is_read_once() -> None:
    words._read.cache_clear()
    for code in ("stale", "ok", "stale"):
        load("zh_CN").term("reason", code)
    assert words._read.cache_info().misses == 1
