"""No phone number, token or key can be read in what is logged, however it came there."""

from __future__ import annotations

import base64
import json
import logging
import os
import re
import subprocess
import sys
import threading
import traceback
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from campaign_app import logs
from campaign_app.domain.errors import RemoteUnavailable, SettingsError, WorkspaceError
from campaign_app.logs import mask
from campaign_app.transport.forms import Unsigned
from campaign_app.transport.session import SignedSession
from tests.helpers.raw_server import raw_server

NUMBER = "13812345678"
KEY = base64.urlsafe_b64encode(bytes(range(100, 132))).decode().rstrip("=")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")

phones = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
prefixes = st.sampled_from(["", "+86", "86", "0086", "+86 ", "+86-", "(+86)", "＋８６ ", "0"])
gaps = st.sampled_from(["", " ", "-", "\u3000", "\u00a0", "\u2013", "\u200b", "－", " - "[:2]])
around = st.text(st.characters(exclude_categories=["N", "C"]), max_size=20)
raw_keys = st.binary(min_size=30, max_size=64)


def ways_of_writing(digits: str, gap: str) -> list[str]:
    return [
        digits,
        gap.join((digits[:3], digits[3:7], digits[7:])),
        gap.join(digits),
        digits.translate(FULL_WIDTH),
        f"{digits[:3]}.{digits[3:7]}.{digits[7:]}",
    ]


def digits_of(text: str) -> str:
    return "".join(str(unicodedata.digit(character, "")) for character in text)


@given(phones, prefixes, gaps, around, around, st.integers(0, 4))
def test_a_number_is_masked_however_it_is_written(
    digits: str, prefix: str, gap: str, before: str, after: str, way: int
) -> None:
    shown = mask(before + prefix + ways_of_writing(digits, gap)[way] + after)
    assert digits not in digits_of(shown)
    assert f"{digits[:3]}****{digits[-4:]}" in shown


@given(st.lists(phones, min_size=2, max_size=5), st.sampled_from([" ", ",", "-", "、", "/", "\n", " 86 "]), gaps)
def test_numbers_side_by_side_are_all_masked(numbers: list[str], between: str, gap: str) -> None:
    shown = digits_of(mask(between.join(ways_of_writing(number, gap)[1] for number in numbers)))
    assert not any(number in shown for number in numbers)


@given(st.text(alphabet="0123456789 -+１３abc", max_size=60))
def test_no_text_of_digits_and_gaps_comes_out_with_a_number_in_it(text: str) -> None:
    plain = unicodedata.normalize("NFKC", mask(text))
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", plain)
    assert not re.search(r"(?<!\d)1[3-9]\d[ -]\d{4}[ -]\d{4}(?!\d)", plain)


@given(raw_keys, around)
def test_a_key_is_masked_in_every_form_it_has(raw: bytes, before: str) -> None:
    for written in (
        base64.urlsafe_b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        raw.hex(),
        f"x'{raw.hex()}'",
        f"PRAGMA key = \"x'{raw.hex().upper()}'\"",
        repr(f"x'{raw.hex()}'" + '"'),
    ):
        shown = mask(f"{before} {written} .")
        assert raw.hex()[:12] not in shown.lower()
        assert base64.urlsafe_b64encode(raw).decode()[:12] not in shown


@given(st.from_regex(r"[A-Za-z0-9._~+/-]{1,60}=?", fullmatch=True))
def test_a_bearer_token_is_masked(token: str) -> None:
    assert mask(f"Authorization: Bearer {token}").endswith(" ***")
    assert mask(json.dumps({"authorization": f"bearer {token}"})).endswith(' ***"}')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://yunfa:hunter2@db/yunfa", "postgresql://yunfa:***@db/yunfa"),
        ("{'private_key': 'abc', 'n': 1}", "{'private_key': ***, 'n': 1}"),
        ('{"passphrase": "two words"}', '{"passphrase": ***}'),
        ("password=hunter2&n=1", "password=***&n=1"),
        ("token=6100e23abc&n=1", "token=***&n=1"),
        ("{'refresh_token': 'abc', 'n': 1}", "{'refresh_token': ***, 'n': 1}"),
        ("method=taobao.x&session=6100e23abc&v=2.0", "method=taobao.x&session=***&v=2.0"),
        ('{"session_key": "abc"}', '{"session_key": ***}'),
    ],
)
def test_named_secrets_are_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T13:45:12.123456+00:00 INFO campaign_app.jobs 1382 batch 17 of 500 in 138 ms",
        "epoch 1763900000.123456, 1763900000123 ms",
        "campaign 15, rows 1300-1800, 17,500,000 customers",
        'File "/usr/lib/python3.11/site-packages/sqlalchemy/engine/default.py", line 139, in do_execute',
        "a_function_whose_name_is_longer_than_forty_characters_is_still_readable",
        "the session ended after 3 tokens, of 4 sessions: all done",
        "USCC 91330100MA27Y5KX3T, order 202611230001381234567890",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert mask(text) == text


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.fixture
def configured(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Masked logs on standard error, read back as a whole each time."""
    logs.configure(logging.INFO)
    seen: list[str] = []

    def read() -> str:
        seen.append(capsys.readouterr().err)
        return "".join(seen)

    return read


def fail_to_write(number: str) -> None:
    """A record whose arguments do not fit, handed to our handlers alone: pytest's own raises."""
    record = logging.LogRecord("campaign_app", logging.WARNING, __file__, 1, "%d customers", (number,), None)
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logs._Masked):
            handler.handle(record)


def fail_with_a_cause() -> None:
    try:
        raise ValueError(f"no {NUMBER}")  # noqa: TRY301
    except ValueError as error:
        raise KeyError(f"x'{'ab' * 32}'") from error


@pytest.mark.expects_logs("campaign_app", "dbos", "sqlalchemy")
class TestConfigured:
    def test_messages_and_arguments_are_masked(self, configured: Callable[[], str]) -> None:
        logging.getLogger("campaign_app.x").info("to %s with %r", NUMBER, {"key": KEY})
        assert "to 138****5678 with {'key': '***'}" in configured()

    def test_a_traceback_is_masked_to_its_first_cause(self, configured: Callable[[], str]) -> None:
        try:
            fail_with_a_cause()
        except KeyError:
            logging.getLogger("campaign_app").exception("failed", stack_info=True)
        shown = configured()
        assert "138****5678" in shown
        assert "direct cause" in shown
        assert NUMBER not in shown
        assert "abab" not in shown

    def test_a_record_that_cannot_be_written_does_not_show_its_arguments(self, configured: Callable[[], str]) -> None:
        fail_to_write(NUMBER)
        assert "a log record was lost (campaign_app, test_frame_logs.py line 1): TypeError" in configured()
        assert NUMBER not in configured()

    def test_an_uncaught_exception_is_masked(self, configured: Callable[[], str]) -> None:
        thread = threading.Thread(target=int, args=(f"+86 {NUMBER}",), name="w")
        thread.start()
        thread.join()
        error = RuntimeError(NUMBER)
        sys.excepthook(RuntimeError, error, None)
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
        assert configured().count("uncaught exception") == 2
        assert configured().count("138****5678") == 2
        assert NUMBER not in configured()

    def test_a_thread_may_end_by_itself(self, configured: Callable[[], str]) -> None:
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()
        assert configured() == ""

    def test_libraries_are_quiet_and_have_no_door_of_their_own(self, configured: Callable[[], str]) -> None:
        own = logging.StreamHandler()
        logging.getLogger("dbos").addHandler(own)
        logs.configure(logging.INFO)
        logging.getLogger("dbos").info("an executor started")
        logging.getLogger("psycopg").warning("error ignored terminating a copy")
        logging.getLogger("sqlalchemy.engine").info("SELECT 1")
        logging.getLogger("dbos").warning("to %s", NUMBER)
        assert configured().count("\n") == 1
        assert configured().endswith("to 138****5678\n")
        assert own not in logging.getLogger("dbos").handlers

    def test_what_one_place_of_dbos_says_again_and_again_drives_nothing_else_out_of_the_files(
        self, configured: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As each of its threads does while a server is away; also behind a clock that is set back."""
        times = iter([*(1_000.0 + n / 4 for n in range(200)), 1_060.0, 1_061.0, 900.0, 901.0])
        made = logging.getLogRecordFactory()

        def at(*given: object, **more: object) -> logging.LogRecord:
            record = made(*given, **more)
            record.created = next(times, 902.0)
            return record

        logs.configure(logging.INFO)
        logging.setLogRecordFactory(at)
        try:
            for number in range(204):
                logging.getLogger("dbos").warning("queue %s: to %s", number, NUMBER)
            for number in range(30):
                logging.getLogger("dbos").error("lost %s", number)
            logging.getLogger("dbos").warning("another place")
        finally:
            logging.setLogRecordFactory(made)
        said = [line.split("] ")[1] for line in configured().splitlines()]
        behind = [f"queue {n}: to 138****5678" for n in range(200, 204)]
        behind[0] += " (190 more like it are left out)"
        queues = [f"queue {n}: to 138****5678" for n in range(10)]
        assert said == [*queues, *behind, *(f"lost {n}" for n in range(30)), "another place"]

    def test_what_dbos_says_of_a_server_or_platform_that_is_away_is_a_line_of_the_file_and_no_tracebacks_for_a_person(
        self, configured: Callable[[], str], tmp_path: Path
    ) -> None:
        dbos = logging.getLogger("dbos")

        def connect() -> None:
            raise psycopg.OperationalError('connection to server at "127.0.0.1" failed: refused\n\tIs it running?')

        def lost() -> None:
            try:
                connect()
            except psycopg.OperationalError as error:
                raise sa.exc.OperationalError(None, None, error) from error

        logs.configure(logging.INFO, tmp_path / "worker.log")
        try:
            lost()
        except sa.exc.OperationalError as error:
            dbos.warning(f"Exception listing queues: {error}")
            dbos.warning(f"Exception polling schedules: {traceback.format_exc()}")
            dbos.warning("Step being automatically retried (attempt %s)", 1, exc_info=error)
        told = WorkspaceError("server_unreachable", "The workspace's server cannot be reached")
        dbos.warning("Step being automatically retried (attempt %s)", 2, exc_info=told)
        away = RemoteUnavailable("unreachable", "GET /v1/meta: the server could not be reached")
        dbos.warning("Step being automatically retried (attempt %s)", 3, exc_info=away)
        dbos.warning("Exception of a flow:\n%s", "Traceback (most recent call last):\nKeyError: 1")
        lines = (tmp_path / "worker.log").read_text("utf-8").splitlines()
        said = '(psycopg.OperationalError) connection to server at "127.0.0.1" failed: refused'
        assert [line.partition("] ")[2] for line in lines[:5]] == [
            f"Exception listing queues: {said}",
            f"Exception polling schedules: sqlalchemy.exc.OperationalError: {said}",
            f"Step being automatically retried (attempt 1): sqlalchemy.exc.OperationalError: {said}",
            f"Step being automatically retried (attempt 2): campaign_app.domain.errors.WorkspaceError: {told}",
            f"Step being automatically retried (attempt 3): campaign_app.domain.errors.RemoteUnavailable: {away}",
        ]
        assert len(lines) == 8
        assert configured().splitlines()[1:] == lines[6:], "any other trouble is shown whole"
        assert configured().count("Traceback") == 1

    def test_an_answer_with_odd_headers_brings_no_address_into_the_logs(self, configured: Callable[[], str]) -> None:
        """An address of a sender's holds the number, and the values of the text, that a message has."""
        odd = b"HTTP/1.1 200 OK\r\n: nothing\r\nno header\r\n\r\n{}"
        with raw_server(lambda line, _: line.sendall(odd)) as server:
            http = SignedSession(server.url, Unsigned(), lambda: datetime.now(UTC))
            address = f"/?PhoneNumbers={NUMBER}&TemplateParam=%7B%22name%22%3A%22%E5%BC%A0%22%7D"
            assert http.exchange(address, b"", "text/plain", lambda answer: answer.body, safe_to_repeat=True)
            http.close()
        assert configured() == ""

    def test_a_program_without_standard_error_goes_on(
        self, configured: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "stderr", None)
        logging.getLogger("campaign_app").warning("nobody reads this")
        fail_to_write(NUMBER)
        assert configured() == ""

    def test_the_file_has_everything_and_standard_error_only_warnings(
        self, configured: Callable[[], str], tmp_path: Path
    ) -> None:
        logs.configure(logging.INFO, tmp_path / "worker.log")
        logging.getLogger("campaign_app").info("to %s", NUMBER)
        logging.getLogger("campaign_app").warning("careful")
        lines = (tmp_path / "worker.log").read_text("utf-8").splitlines()
        assert [line.partition("] ")[2] for line in lines] == ["to 138****5678", "careful"]
        assert configured().count("\n") == 1

    def test_the_file_turns_over_and_stays_masked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(logs, "_FILE_BYTES", 500)
        logs.configure(logging.INFO, tmp_path / "worker.log")
        for _ in range(50):
            logging.getLogger("campaign_app").info("to %s", NUMBER)
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == ["worker.log"] + [f"worker.log.{n}" for n in range(1, 6)]
        assert all(NUMBER not in file.read_text("utf-8") for file in files)

    @pytest.mark.skipif(os.name == "nt", reason="Windows renames no file that another process has open")
    def test_whoever_shares_a_file_that_another_one_turned_over_goes_on_in_the_new_one(self, tmp_path: Path) -> None:
        file = tmp_path / "worker.log"
        logs.configure(logging.INFO, file)
        log = logging.getLogger("campaign_app")
        log.info("before")
        file.rename(tmp_path / "worker.log.1")
        log.info("behind")
        assert "behind" in file.read_text("utf-8")
        assert "behind" not in (tmp_path / "worker.log.1").read_text("utf-8")

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes of this kind")
    def test_the_file_is_for_its_owner_only(self, tmp_path: Path) -> None:
        logs.configure(logging.INFO, tmp_path / "worker.log")
        assert (tmp_path / "worker.log").stat().st_mode & 0o777 == 0o600

    def test_a_full_disk_costs_the_record_and_nothing_else(self, configured: Callable[[], str], tmp_path: Path) -> None:
        full = Path("/dev/full")
        if not full.exists():
            pytest.skip("this system has no /dev/full")
        logs.configure(logging.INFO, full)
        logging.getLogger("campaign_app").info("to %s", NUMBER)
        logging.getLogger().handlers[-1].close()
        assert "a log record was lost" in configured()


def test_a_file_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written") as caught:
        logs.configure(logging.INFO, tmp_path / "missing" / "x.log")
    assert caught.value.code == "log_file"


CRASH = """
import logging
from campaign_app import logs
logs.configure(logging.INFO)
import dbos
from dbos._logger import init_logger
init_logger()
logging.getLogger("dbos").error("to %s", "13812345678")
raise RuntimeError("+86 138-1234-5678")
"""


def test_a_process_that_dies_shows_no_number() -> None:
    done = subprocess.run([sys.executable, "-c", CRASH], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    # newer versions of Python show the line of the source as well
    assert done.stderr.count("138****5678") >= 2
    assert NUMBER not in digits_of(done.stderr)
    assert "RuntimeError" in done.stderr
