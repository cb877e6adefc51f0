"""The demo's throw-away workspace, on a sandbox of its own: for the window and for `demo --headless` alike."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from campaign_app import assets
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.platform import consent_api
from campaign_app.processes import greet, own_command, start_child
from campaign_app.services.window import BEIJING, CLOSES

if TYPE_CHECKING:
    import requests

    from campaign_app.bootstrap import App
    from campaign_app.domain.campaign import Campaign

ACTOR: Final = "demo"
BODY: Final = "{name}您好，双十一会员专享：店内冬装满300元减50元，凭会员码到店使用，11月30日前有效。拒收请回复R"
# a draft with something to mend, so that the composer has something to say
DRAFT_BODY: Final = "{name}您好，双十一会员专享：全网最低价，店内冬装满300元减50元，11月30日前有效。拒收请回复R"
SAMPLE: Final = "会员等级.csv"
SAMPLE_ROWS: Final = 300
QUIET_DAYS: Final = "rules/house/TIM-002-quiet-days.toml"
BEGINS: Final = time(9)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox: its address and the shops with the keys of their simulated accounts."""

    url: str
    shops: tuple[Mapping[str, Any], ...]

    def ledger(self) -> Mapping[str, Any]:
        """Who was really accepted, how often: keys `accepted`, `doubled`, `unconfirmed`."""
        ledger: Mapping[str, Any] = self._ask("GET", "/ledger").json()
        return ledger

    def shift_clock(self, offset: timedelta) -> None:
        if offset:
            self._ask("POST", "/sandbox/clock", json={"seconds": offset.total_seconds()})

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        import requests

        with requests.Session() as http:
            http.trust_env = False  # no proxy leads back to this machine
            answer = http.request(method, f"{self.url}{path}", timeout=30, **more)
        answer.raise_for_status()
        return answer


@contextmanager
def begin_sandbox(*, customers: int, seed: int, faults: str) -> Iterator[Callable[[], Sandbox]]:
    """Gets ready beside us, until the function waits for it; runs until the block ends or this process dies."""
    options = {"--port": 0, "--customers": customers, "--seed": seed, "--faults": faults}
    words = [str(word) for pair in options.items() for word in pair]
    with start_child(own_command("sandbox", *words, "--parent-watch")) as process:

        def ready() -> Sandbox:
            told = json.loads(greet(process))
            return Sandbox(told["url"], tuple(told["shops"]))

        yield ready


def daytime_offset(now: datetime, quiet_days: Collection[date]) -> timedelta:
    """Nothing is sent by night, and before nine or on a holiday not without a second thought (rule TIM-002).

    A demo at such a time plays at ten in the morning, on a holiday of the next ordinary day, sandbox and all.
    """
    local = now.astimezone(BEIJING)
    closes = datetime.combine(local.date(), CLOSES, BEIJING)
    if local.time() >= BEGINS and local + timedelta(hours=1) < closes and local.date() not in quiet_days:
        return timedelta(0)
    day = local.date()
    while day in quiet_days:
        day += timedelta(days=1)
    return datetime.combine(day, time(BEGINS.hour + 1), BEIJING) - local


def quiet_days() -> frozenset[date]:
    """The days of rule TIM-002."""
    with assets.path(QUIET_DAYS).open("rb") as file:
        return frozenset(tomllib.load(file)["days"])


def open_demo(
    stack: ExitStack, folder: Path, key: bytes, *, made: Callable[[timedelta], object] = lambda _: None
) -> App:
    """A new workspace whose key is in memory only; it closes with `stack`.

    `made` gets the offset of its clock as soon as a worker can open it.
    """
    from campaign_app import bootstrap, clocks
    from campaign_app.credentials import MemoryKeeper

    keeper, offset = MemoryKeeper(key), daytime_offset(clocks.system_clock(), quiet_days())
    bootstrap.create_demo(folder, keeper)
    made(offset)
    return stack.enter_context(bootstrap.open_app(folder, keeper, offset=offset))


def stage(app: App, ready: Callable[[], Sandbox], folder: Path, *, stopped: Callable[[], bool]) -> None:
    """For the window: the sandbox's shops connected and synced, a draft to go on with and a file to import.

    The worker may still be starting. Ends early, with what is there by then, once `stopped`.
    """
    sandbox = ready()
    sandbox.shift_clock(app.offset)
    jobs = connect_shops(app, sandbox)
    while any(app.jobs.job(job_id).state in ("queued", "running") for job_id in jobs):
        if stopped():
            return
        app.wait(0.1)
    write_sample(app, folder)
    add_campaign(app, sandbox, "双十一会员日（示例）", DRAFT_BODY)


def connect_shops(app: App, sandbox: Sandbox) -> tuple[int, ...]:
    """Connects both shops and enqueues a sync of each; returns the ids of the jobs."""
    jobs = []
    for shop in sandbox.shops:
        account = app.accounts.connect(
            consent_api(base_url=sandbox.url, key_id=shop["key_id"], private_key=shop["private_key"]), actor=ACTOR
        )
        jobs.append(app.jobs.enqueue("sync", {"account_id": account.id}, app.clock()).id)
    return tuple(jobs)


def add_campaign(app: App, sandbox: Sandbox, name: str, body: str) -> Campaign:
    """A draft for everybody who ever bought, with a signature that the platform reports as filed."""
    entity = sandbox.shops[0]["entity"]["uscc"]
    audience = Filter((Condition("order_count", Op.AT_LEAST, 1),))
    made = app.campaigns.create(name=name, entity_uscc=entity, purpose="retail", audience=audience, actor=ACTOR)
    signature = next(s for s in app.accounts.signatures(entity) if "retail" in s.scopes and s.carrier_filed)
    return app.campaigns.edit(made.id, signature=signature.text, body=body, actor=ACTOR)


def write_sample(app: App, folder: Path) -> Path:
    """A small file as merchants have them: GB18030, a column that says who wants messages, and two rows with errors."""
    account = app.accounts.all()[0]
    people = app.people
    begins = people.anchors(people.query(account_id=account.id))[1]
    rows = people.rows(people.query(account_id=account.id), begins[0], SAMPLE_ROWS) if begins else ()
    file = folder / SAMPLE
    with file.open("w", encoding="gb18030", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["客户标识", "手机号", "会员等级", "接收短信"])
        writer.writerows([row.ref, "", "金卡", "是"] for row in rows)
        writer.writerow(["", "1380013800A", "银卡", "是"])
        writer.writerow(["多", "一", "列", "了", "吧"])
    return file
