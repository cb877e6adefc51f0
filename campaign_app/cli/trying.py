"""`test-message`: a campaign's text to one of the registered staff numbers."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import uuid4

import typer

from campaign_app.cli.follow import show, wait_for_job, with_worker
from campaign_app.cli.keys import FolderOption, JsonOption, PassphraseOption, open_for
from campaign_app.cli.telling import Labels, term
from campaign_app.cli.words import WORDS
from campaign_app.domain.errors import AppError

SECONDS = 120.0


def try_out(
    campaign_id: Annotated[int, typer.Argument(metavar="CAMPAIGN", help="活动编号。")],
    to: Annotated[str, typer.Option("--to", metavar="LABEL", help="测试号码的备注名，先在设置中登记。")],
    customer: Annotated[
        int | None, typer.Option("--customer", help="按这位客户（编号）的资料填写变量；不给就用最长的一条。")
    ] = None,
    workspace: FolderOption = None,
    passphrase_file: PassphraseOption = None,
    as_json: JsonOption = False,
) -> None:
    """把活动的文案发一条到已登记的测试号码；不计入活动的结果。"""
    with with_worker(open_for(workspace, passphrase_file)) as app:
        number = app.test_messages.labelled(campaign_id, to)
        trial = app.test_messages.send(campaign_id, number.id, press=uuid4().hex, customer_id=customer, actor="cli")
        try:
            wait_for_job(app, trial.job_id, seconds=SECONDS)
        except AppError as trouble:
            if trouble.code == "no_worker":
                raise
        ended = app.test_messages.outcome(trial.id)
        told = {"id": ended.id, "campaign": campaign_id, "to": ended.label, "number": ended.masked}
        show({**told, "state": ended.state.value, "code": ended.code, "text": ended.text}, _TRIAL, as_json=as_json)


def _why(code: str) -> str:
    """In the words of outcomes, of errors or of campaigns' notes: it may be a code of each."""
    if not code:
        return ""
    said = WORDS.term("outcome_code", code)
    return said if said != code else WORDS.term("state_note", code)


_TRIAL: Final[Labels] = {
    "id": ("编号", None),
    "campaign": ("活动", None),
    "to": ("备注名", None),
    "number": ("测试号码", None),
    "state": ("状态", term("trial")),
    "code": ("原因", _why),
    "text": ("全文", None),
}
