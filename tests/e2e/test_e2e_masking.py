"""A full run leaves no phone number in the clear: not in logs, not in files, not in errors or reprs."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from campaign_app import logs, working
from campaign_app.cli.lookback import _row
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.customer import Customer
from campaign_app.domain.lookback import Scope
from campaign_app.domain.platform import consent_api
from campaign_app.domain.self_check import BEIJING, Period, Stage
from campaign_app.jobs import lookback, poll, sync
from campaign_app.sandbox.config import SandboxConfig
from campaign_app.sandbox.people import Population
from tests.helpers.merchant import KEY, Merchant, open_merchant
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.shop import screen

pytestmark = pytest.mark.slow


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Everything at the lowest level, through the program's own handlers."""
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    file = tmp_path / "program.log"
    logs.configure("DEBUG", file)
    for name in ("urllib3", "sqlalchemy", "sqlalchemy.engine", "campaign_app"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield file
    for name in ("urllib3", "sqlalchemy", "sqlalchemy.engine", "campaign_app"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    for handler in [h for h in root.handlers if h not in before[1]]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[0])


def somebody(merchant: Merchant, campaign_id: int) -> Customer:
    """The first of the audience with a number."""
    workspace = merchant.app.workspace
    ids = [customer for _, customer in workspace.campaigns.members(campaign_id, 0, 400)]
    return next(each for each in workspace.customers.by_ids(ids).values() if each.phone is not None)


def exports(merchant: Merchant, campaign_id: int, folder: Path) -> dict[str, str]:
    """Everything that the program writes for people, by what it is."""
    app, out = merchant.app, folder / "out"
    out.mkdir()
    app.members.export(campaign_id, "ok", out / "members.csv", head=["a"], words=lambda _: (), actor="test")
    app.evidence.export(campaign_id, out / "a.yunfa", actor="test")
    app.subjects.export(somebody(merchant, campaign_id).id, out / "person.json", actor="test")
    today = app.clock().astimezone(BEIJING).date()
    app.reporting.export(Period(today - timedelta(days=2), today), Stage.CHECK, out / "report.json", actor="test")
    context = working.worker_context(app.workspace, app.clock)
    scope = Scope(app.clock() - timedelta(days=2), app.clock() + timedelta(days=1))
    run = app.workspace.lookbacks.begin(scope, asked_by="test", at=app.clock())
    while lookback.look_some(context, run.id, 4, lookback.Walk())[0]:
        pass
    rows = [_row(each) for each in app.lookbacks.rows(run.id, None, 0, 10_000)]
    return {
        "members": (out / "members.csv").read_text("utf-8"),
        "evidence": zlib.decompress((out / "a.yunfa").read_bytes()).decode(),
        "person": (out / "person.json").read_text("utf-8"),
        "report": (out / "report.json").read_text("utf-8"),
        "lookback": json.dumps([*rows, str(app.lookbacks.runs())], ensure_ascii=False),
    }


def test_no_number_in_the_clear_after_a_full_run(tmp_path: Path, log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with SandboxProcess(customers=400, seed=8) as sandbox:
        merchant = open_merchant(tmp_path / "ws", sandbox)
        app, workspace = merchant.app, merchant.app.workspace
        context = working.worker_context(workspace, app.clock)
        shown: list[object] = []
        shop_of: dict[int, str] = {}
        for shop in sandbox.shops:
            account = app.accounts.connect(
                consent_api(base_url=sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
            )
            shop_of[account.id] = shop.shop
            shown += [account, app.accounts.test(account.id), sync.sync_signatures(context, account.id)]
            sync.begin_walk(context, account.id, full=False)
            sync.begin_walk(context, account.id, full=False)
            while sync.sync_page(context, account.id).more:
                pass
        campaign = merchant.new_campaign()
        screen(context, campaign.id)
        assert merchant.go_on(campaign.id) is CampaignState.SCHEDULED
        planned = workspace.campaigns.campaign(campaign.id)
        workspace.campaigns.update(replace(planned, state=CampaignState.SENDING), expected=CampaignState.SCHEDULED)
        from campaign_app.jobs.dispatch import Step, finish, run_batch

        after, step = -1, Step.ON
        while step is Step.ON:
            result = run_batch(context, campaign.id, after)
            after, step = result.after, result.step
        finish(context, campaign.id)
        # who replies is drawn by lot, and it may be nobody: the report of the self-check needs somebody to mask
        refusing = somebody(merchant, campaign.id)
        sandbox.reply(shop_of[refusing.account_id], refusing.ref, "TD")
        for account in app.accounts.all():
            poll.poll_all(context, account.id)

        people = workspace.customers.by_ids(range(1, 401))
        numbers = {c.phone.digits for c in people.values() if c.phone is not None}
        assert len(numbers) > 300
        submission = workspace.ledger.submission_at(campaign.id, 0)
        assert submission is not None
        shown += [
            *people.values(),
            *workspace.ledger.rows(submission.id),
            app,
            context,
            merchant.app.campaigns.results(campaign.id),
        ]
        shown += list(workspace.facts.latest(list(people)).values())
        for account in app.accounts.all():
            shown += [context.remotes.platform(account.id), context.remotes.gateway(account.id, "retail")]
        for number in list(numbers)[:20]:
            logging.getLogger("campaign_app.test").info("number %s", number)
        exported = exports(merchant, campaign.id, tmp_path)
        workspace.database.engine.dispose()
        written = log.read_text(encoding="utf-8") + json.dumps(capfd.readouterr()) + repr(shown)
        files = b"".join(path.read_bytes() for path in (tmp_path / "ws").iterdir() if path.is_file())
        app.close()
    assert len(written) > 10_000
    assert len(exported) == 5
    assert [(name, n) for name, text in exported.items() for n in numbers if n in text] == []
    bare = [name for name in ("members", "person", "report") if "****" not in exported[name]]
    assert bare == [], "numbers should be masked there, and not just left out"
    assert [n for n in numbers if n in written] == []
    assert [n for n in numbers if n.encode() in files] == []
    for secret in [KEY.hex(), *(shop.private_key for shop in sandbox.shops)]:
        assert secret not in written
        assert secret.encode() not in files


def seeded(customers: int) -> set[str]:
    """The numbers of everybody in the demo's sandbox."""
    config = SandboxConfig(lambda: datetime.now(UTC), customers=customers)
    phones = Population(config).phones(np.arange(customers, dtype=np.uint64))
    return {phone.removeprefix("+86") for phone in phones if phone is not None}


def test_demo_leaves_no_number_in_what_it_prints_nor_in_any_file_while_it_runs(tmp_path: Path) -> None:
    """Its files are looked at again and again until it has ended: they are gone by then. A person reads the funnel."""
    for name in ("tmp", "home"):
        (tmp_path / name).mkdir()
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
    command = [sys.executable, "-m", "campaign_app", "demo", "--headless", "--customers", "200"]
    numbers, seen = [each.encode() for each in seeded(200)], dict[Path, int]()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**bare, "PYTHONPATH": str(Path(__file__).parents[2])},
    ) as running:  # fmt: skip
        while running.poll() is None:
            for file in files_below(tmp_path):
                data = contents(file)
                assert [number for number in numbers if number in data] == [], file
                seen[file] = max(seen.get(file, 0), len(data))
            time.sleep(0.5)
        assert running.stdout is not None
        assert running.stderr is not None
        said = running.stdout.read() + running.stderr.read()
    assert running.returncode == 0, said
    assert len(numbers) > 150
    assert any(file.name == "workspace.db" and size > 100_000 for file, size in seen.items())
    assert [number for number in numbers if number in said] == []
    for words in ("受众核验", "默认或捆绑同意（不算同意）", "合计", "未经确认而发送 0"):
        assert words in said.decode()
    assert [file for file in files_below(tmp_path / "tmp") if file.stat().st_size] == []


def files_below(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def contents(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
