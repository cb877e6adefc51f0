"""The command line: one file per command, wired here. It prints, it never decides."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer
from typer.main import get_command

from campaign_app import logs
from campaign_app.cli.accounts import connect, create
from campaign_app.cli.backup import backup
from campaign_app.cli.campaigns import cancel, close_unknown, pause, resume, screen, send, status
from campaign_app.cli.check import check
from campaign_app.cli.complaint import complaint
from campaign_app.cli.consent_api import consent_api
from campaign_app.cli.consent_text import consent_text
from campaign_app.cli.demo import demo
from campaign_app.cli.doctor import doctor
from campaign_app.cli.evidence import evidence
from campaign_app.cli.gate import gate
from campaign_app.cli.import_ import import_
from campaign_app.cli.lookback import lookback
from campaign_app.cli.peak import peak
from campaign_app.cli.person import person
from campaign_app.cli.read_rows import read_rows
from campaign_app.cli.report import report
from campaign_app.cli.sandbox import sandbox
from campaign_app.cli.segments import segments
from campaign_app.cli.senders import accounts
from campaign_app.cli.suppression import suppression
from campaign_app.cli.template import template
from campaign_app.cli.trying import try_out
from campaign_app.cli.update import update
from campaign_app.cli.usage import Commands, say_usage
from campaign_app.cli.window import Window, window
from campaign_app.cli.words import INTERRUPTED, fail, say
from campaign_app.cli.worker import worker
from campaign_app.cli.workspace import workspace
from campaign_app.domain.errors import AppError
from campaign_app.processes import READ_ROWS, look_for_cycles_less_often

app = Commands(
    name="campaign-app",
    help="允发：只发给平台 API 确认同意的人的营销短信。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its tables cut off what is wider than they are, and Chinese has no spaces to break at
)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(version("campaign-app"))
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", help="显示版本号。", callback=_version, is_eager=True, show_default=False)
    ] = False,
) -> None:
    """允发：只发给平台 API 确认同意的人的营销短信。"""


_COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo,
    "check": check,
    "gate": gate,
    "segments": segments,
    "create": create,
    "connect": connect,
    "import": import_,
    "screen": screen,
    "send": send,
    "status": status,
    "pause": pause,
    "resume": resume,
    "cancel": cancel,
    "close-unknown": close_unknown,
    "test-message": try_out,
    "report": report,
    "worker": worker,
    "window": window,
    "sandbox": sandbox,
    "doctor": doctor,
}
for name, command in _COMMANDS.items():
    app.command(name)(command)
app.command(READ_ROWS, hidden=True)(read_rows)
app.add_typer(backup, name="backup")
app.add_typer(consent_api, name="consent-api")
app.add_typer(accounts, name="accounts")
app.add_typer(complaint, name="complaint")
app.add_typer(consent_text, name="consent-text")
app.add_typer(evidence, name="evidence")
app.add_typer(suppression, name="suppression")
app.add_typer(lookback, name="lookback")
app.add_typer(peak, name="peak")
app.add_typer(person, name="person")
app.add_typer(template, name="template")
app.add_typer(update, name="update")
app.add_typer(workspace, name="workspace")
# `app` itself would put an exception hook in place that masks nothing
command_line = get_command(app)


def main(window: Window) -> None:
    """Runs one command; an expected error, bad usage too, is one sentence on stderr and exit status 2.

    Ctrl-C is 130. `window` opens the window for the commands that ask for it: this package knows none.
    """
    logs.configure("WARNING")
    look_for_cycles_less_often()  # importing what a command needs makes many objects and no cycles worth a search
    try:
        status = command_line(prog_name=app.info.name, obj=window, standalone_mode=False)
    except AppError as error:
        fail(say(error))
    except typer.TyperException as error:
        fail(say_usage(error))
    except typer.Abort:  # at a question
        fail("已取消。", INTERRUPTED)
    if status == INTERRUPTED:
        fail("已中断。", INTERRUPTED)
    raise SystemExit(status)
