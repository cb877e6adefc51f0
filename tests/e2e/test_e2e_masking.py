"""A full run leaves no phone number in the clear: not in logs, not in files, not in errors or reprs."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from campaign_app import logs, working
from campaign_app.domain.campaign import CampaignState
from campaign_app.domain.platform import consent_api
from campaign_app.jobs import poll, sync
from tests.helpers.merchant import KEY, open_merchant
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


def test_no_number_in_the_clear_after_a_full_run(tmp_path: Path, log: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with SandboxProcess(customers=400, seed=8) as sandbox:
        merchant = open_merchant(tmp_path / "ws", sandbox)
        app, workspace = merchant.app, merchant.app.workspace
        context = working.worker_context(workspace, app.clock)
        shown: list[object] = []
        for shop in sandbox.shops:
            account = app.accounts.connect(
                consent_api(base_url=sandbox.url, key_id=shop.key_id, private_key=shop.private_key), actor="test"
            )
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
        for account in app.accounts.all():
            poll.poll_reports(context, account.id)
            poll.poll_inbound(context, account.id)
            poll.poll_complaints(context, account.id)

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
        workspace.database.engine.dispose()
        written = log.read_text(encoding="utf-8") + json.dumps(capfd.readouterr()) + repr(shown)
        files = b"".join(path.read_bytes() for path in (tmp_path / "ws").iterdir() if path.is_file())
        app.close()
    assert len(written) > 10_000
    assert [n for n in numbers if n in written] == []
    assert [n for n in numbers if n.encode() in files] == []
    for secret in [KEY.hex(), *(shop.private_key for shop in sandbox.shops)]:
        assert secret not in written
        assert secret.encode() not in files
