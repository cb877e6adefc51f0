"""Two windows press at the same time: it ends as if one had come after the other, and the loser is told why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

from campaign_app import bootstrap, words
from campaign_app.domain.audience import Condition, Filter, Op
from campaign_app.domain.campaign import CampaignState, Noted
from campaign_app.domain.errors import AppError
from campaign_app.domain.filing import OwnFiling
from campaign_app.domain.lookback import Scope
from campaign_app.domain.peak import PlanState
from campaign_app.domain.signature import SignatureRecord
from campaign_app.services.accounts import secret_name
from campaign_app.services.import_plan import Source
from campaign_app.services.profiles import Profile
from tests.fakes.remotes import ENTITY
from tests.helpers.between_windows import Act, Came, Situation, situation
from tests.helpers.importing import import_file
from tests.helpers.lengths import ALL
from tests.helpers.peaking import plan
from tests.helpers.staged import CLEAN, Staged

# a copy of a server's database takes a second, and threads at a barrier prove something only in many rounds
DIALECTS: Final = ("sqlite", "postgresql") if ALL else ("sqlite",)
ROUNDS: Final = 25
ONE: Final = 1  # the number of the campaign, the customer, the account, the plan and the command
ZHEJIANG: Final = Filter((Condition("province", Op.IS, "浙江"),))
Build = Callable[[Staged], object]


def edit(**changes: Any) -> Act:
    return lambda app: app.campaigns.edit(ONE, actor="甲", **changes)


def approve(app: bootstrap.App) -> None:
    app.campaigns.approve(app.campaigns.get(ONE), recipients=7, actor="乙")


def schedule(app: bootstrap.App, hours: int = 0) -> None:
    app.campaigns.schedule(ONE, send_at=app.clock() + timedelta(hours=hours) if hours else None, actor="乙")


def begin(app: bootstrap.App) -> None:
    """What the worker does once it is due."""
    app.workspace.campaigns.begin(app.campaigns.get(ONE), app.clock(), Noted("campaign.stopped", "w", app.clock()))


def connect(app: bootstrap.App) -> None:
    noted = Noted("account.connected", "甲", app.clock(), {"account": ONE})
    app.workspace.secrets.connect(app.workspace.accounts.account(ONE), secret_name(ONE), "another key", noted)


def act(name: str, *given: Any, **more: Any) -> Act:
    """A method of the services, by where it stands."""
    service, method = name.split(".")
    return lambda app: getattr(getattr(app, service), method)(*given, **more)


screen = act("campaigns.screen", ONE, actor="甲")
pause, resume = act("campaigns.pause", ONE, actor="乙"), act("campaigns.resume", ONE, actor="乙")
cancel, delete = act("campaigns.cancel", ONE, actor="乙"), act("campaigns.delete_draft", ONE, "甲")
pause_all, let_go_on = act("peaks.pause_all", ONE, drill=False, actor="乙"), act("peaks.resume", ONE, actor="乙")
ready = act("peaks.declare", ONE, PlanState.READY, actor="乙", knowing=True)
is_institution = act("accounts.describe_entity", ENTITY, kind="institution", actor="甲")
may_sell_finance = act("accounts.describe_entity", ENTITY, licences={"finance": True}, actor="乙")
opt_out, lift = act("opt_outs.add", 5, note="电话里说的", actor="甲"), act("lifting.lift", 5, actor="乙")
priced = [act("money.set_price", ONE, price, actor="甲", seen={}) for price in (45, 50)]
a_month = [act("money.set_month_budget", ENTITY, budget, actor="甲", seen={}) for budget in (9_000, 8_000)]
later = act("policies.save", {"window_opens": "15:00"}, actor="甲", seen={"window_opens": "08:00"})
sooner = act("policies.save", {"window_closes": "14:00"}, actor="乙", seen={"window_closes": "22:00"})
a_batch = [act("policies.save", {"batch_size": n}, actor=n, seen={"batch_size": "500"}) for n in ("200", "100")]
disconnect = act("accounts.disconnect", ONE, actor="甲")


def scheduled(staged: Staged) -> None:
    staged.approved()
    schedule(staged.app)


def rename_plan(app: bootstrap.App) -> None:
    app.peaks.change(ONE, replace(app.peaks.plans()[0].wish, name="双十二"), actor="甲")


def sending(staged: Staged) -> None:
    scheduled(staged)
    staged.put_state(ONE, CampaignState.SENDING)


def paused(staged: Staged) -> None:
    sending(staged)
    pause(staged.app)


def peak(build: Build) -> Build:
    def built(staged: Staged) -> None:
        build(staged)
        plan(staged)

    return built


def two_look_backs(staged: Staged) -> None:
    now = staged.app.clock()
    for number in (1, 2):
        staged.app.lookbacks.start(Scope(now - timedelta(days=number), now), actor="甲")
        staged.app.lookbacks.pause(number, actor="甲")


def noted(text: str) -> Act:
    nothing = SignatureRecord(ENTITY, "安宁百货")
    return act("filings.save", replace(nothing, note=text), actor=text, seen=nothing)


def tells(**changes: Any) -> Act:
    return act("profiles.put", ENTITY, Profile(**changes), actor="甲", seen=Profile())


def stated(app: bootstrap.App, purpose: str) -> None:
    own = OwnFiling(ENTITY, "安宁到家", (purpose,), ("mobile",), app.clock(), "甲")
    app.filings.state(own, None, seen={})


def go_on_looking(number: int) -> Act:
    return act("lookbacks.resume", number, actor="甲")


def all_paused(staged: Staged) -> None:
    peak(sending)(staged)
    pause_all(staged.app)


def granted_anew(staged: Staged) -> None:
    """Somebody said no, and has agreed since at their platform."""
    opt_out(staged.app)
    staged.shop.platforms[staged.account].truth["c00004"] = {"obtained_at": staged.app.clock()}
    staged.screened()


def shop(staged: Staged) -> None:
    connect(staged.app)


# in these whatever one of them did was written over by the other, or came too late to hold, before
LOST: Final[dict[str, tuple[Build, Act, Act]]] = {
    "a name, beside a text": (Staged.draft, edit(name="双十二"), edit(body=CLEAN + "。")),
    "a screening, beside a text": (Staged.draft, screen, edit(body=CLEAN + "。")),
    "a name, beside a schedule": (Staged.approved, edit(name="双十二"), schedule),
    "a budget, beside a begin": (scheduled, act("money.set_budget", ONE, 1_000, actor="甲"), begin),
    "a begin, beside a name": (scheduled, begin, edit(name="双十二")),
    "a pause, beside a begin": (scheduled, pause, begin),
    "a cancel, beside a begin": (scheduled, cancel, begin),
    "an end of a pause, beside a pause of everything": (all_paused, let_go_on, pause_all),
    "a connection, beside its end": (shop, connect, disconnect),
    "what an entity is, beside its licences": (Staged.draft, is_institution, may_sell_finance),
    "a look-back, beside another": (two_look_backs, go_on_looking(1), go_on_looking(2)),
    "a plan that is ready, beside its change": (peak(Staged.draft), ready, rename_plan),
    "a price, beside another": (Staged.draft, *priced),
    "a budget of a month, beside another": (Staged.draft, *a_month),
    "hours that begin later, beside some that end sooner": (Staged.draft, later, sooner),
    "a policy, beside another": (Staged.draft, *a_batch),
    "what an entity sells, beside where its links lead": (
        Staged.draft,
        tells(industry="finance"),
        tells(domains=("a.cn",)),
    ),
    "a note on a signature, beside another": (Staged.draft, noted("甲"), noted("乙")),
    "a signature that is stated, beside another": (
        Staged.draft,
        partial(stated, purpose="retail"),
        partial(stated, purpose="service"),
    ),
}
MORE: Final[dict[str, tuple[Build, Act, Act]]] = {
    "approve, edit": (Staged.screened, approve, edit(body=CLEAN + "。")),
    "approve, name": (Staged.screened, approve, edit(name="双十二")),
    "approve, approve": (Staged.screened, approve, approve),
    "approve, screen": (Staged.screened, approve, screen),
    "approve, delete": (Staged.screened, delete, approve),
    "schedule, schedule": (Staged.approved, schedule, partial(schedule, hours=2)),
    "schedule, cancel": (Staged.approved, schedule, cancel),
    "schedule, edit": (Staged.approved, schedule, edit(body=CLEAN + "。")),
    "schedule, name": (Staged.approved, schedule, edit(name="双十二")),
    "begin, edit": (scheduled, begin, edit(body=CLEAN + "。")),
    "pause, pause": (sending, pause, pause),
    "pause, resume": (paused, pause, resume),
    "pause, cancel": (sending, pause, cancel),
    "resume, resume": (paused, resume, resume),
    "resume, cancel": (paused, resume, cancel),
    "pause everything, schedule": (peak(Staged.approved), pause_all, schedule),
    "pause everything, begin": (peak(scheduled), pause_all, begin),
    "pause everything, resume": (peak(paused), pause_all, resume),
    "pause everything, cancel": (peak(sending), pause_all, cancel),
    "edit, edit": (Staged.draft, edit(body=CLEAN + "。"), edit(body=CLEAN + "！")),
    "edit, audience": (Staged.screened, edit(body=CLEAN + "。"), edit(audience=ZHEJIANG)),
    "edit, delete": (Staged.draft, edit(body=CLEAN + "。"), delete),
    "delete, screen": (Staged.screened, delete, screen),
    "delete, delete": (Staged.draft, delete, delete),
    "lift, opt-out": (granted_anew, lift, opt_out),
    "disconnect, disconnect": (shop, disconnect, disconnect),
    "disconnect, screen": (Staged.draft, disconnect, screen),
}


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("pair", [*LOST, *MORE] if ALL else LOST)
def test_what_one_window_does_between_two_looks_of_the_other(pair: str, dialect: str, tmp_path: Path) -> None:
    build, one, other = (LOST | MORE)[pair]
    with situation(tmp_path / "base", dialect, build) as here:
        judge = Judge(here, one, other)
        tried = [judge.fits(came) for came in cuts(here, one, other)]
        tried += [judge.fits(came, turned=True) for came in (cuts(here, other, one) if ALL else ())]
    assert len(tried) >= 1 + ALL


@pytest.mark.long
@pytest.mark.parametrize("pair", [*LOST, *MORE])
def test_both_press_at_once(pair: str, dialect: str, tmp_path: Path) -> None:
    build, one, other = (LOST | MORE)[pair]
    with situation(tmp_path / "base", dialect, build) as here:
        judge = Judge(here, one, other)
        for _ in range(ROUNDS):
            judge.fits(here.at_once(one, other))


def cuts(here: Situation, one: Act, other: Act, look: Act | None = None) -> Iterator[Came]:
    for nth in count(1):
        came = here.between(one, other, nth, look)
        if came is None:
            return
        yield came


class Judge:
    """Knows what comes of two acts in turn, and of each alone, which is right where the other is refused."""

    def __init__(self, here: Situation, one: Act, other: Act) -> None:
        self._right = {here.in_turn(one, other).stands, here.in_turn(other, one).stands}
        self._alone = here.alone(one), here.alone(other)
        self._words = words.load("zh_CN")

    def fits(self, came: Came, *, turned: bool = False) -> bool:
        one, other = reversed(self._alone) if turned else self._alone
        first, second = came.ends
        right = self._right | ({other} if first else set()) | ({one} if second else set())
        assert came.stands in right, f"neither of the two orders: {came.ends}"
        for code in filter(None, came.ends):
            assert code not in ("busy", "disk_error", "server_unreachable")
            assert self._words.error(AppError(code, "")), f"nobody can read what {code} means"
        return True


def test_of_two_rules_that_are_switched_off_both_are(dialect: str, tmp_path: Path) -> None:
    one, other = (act("rules.switch_off", rule, reason="试", actor="甲") for rule in ("ABS-002", "EVA-002"))

    def look(app: bootstrap.App) -> None:
        assert app.rules.current().off.keys() == {"ABS-002", "EVA-002"}

    with situation(tmp_path / "base", dialect, lambda _: None) as here:
        for came in cuts(here, one, other, look):
            assert came.ends == ("", "")


def test_words_that_were_cleared_once_are_shown_anew_whatever_else_is_cleared(dialect: str, tmp_path: Path) -> None:
    def meet(app: bootstrap.App) -> bool:
        return app.unread.met(ONE, "???", app.clock())

    def lie_there(staged: Staged) -> None:
        unread, now = staged.app.unread, staged.app.clock()
        for raw in ("???", "!!!"):
            unread.met(ONE, raw, now)
            names.extend(each.name for each in unread.waiting(ONE) if each.name not in names)
        unread.clear(ONE, names[0], actor="甲")

    def clear(app: bootstrap.App) -> None:
        app.unread.clear(ONE, names[1], actor="乙")

    def look(app: bootstrap.App) -> None:
        assert not meet(app), "nobody has seen what comes now"

    names: list[str] = []
    with situation(tmp_path / "base", dialect, lie_there) as here:
        for came in cuts(here, clear, meet, look):
            assert came.ends == ("", "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "会员.csv"
    made.write_text("客户标识,会员等级\n" + "".join(f"c{n:05d},金\n" for n in range(4, 9)) + "x1,银\n", "utf-8")
    return made


def test_one_file_begun_in_two_windows_is_imported_once(file: Path, dialect: str, tmp_path: Path) -> None:
    def whole(app: bootstrap.App) -> None:
        import_file(app.imports, Source(str(file), ONE), actor="甲")

    def look(app: bootstrap.App) -> None:
        rows = [app.imports.report(import_id=each.id).rows for each in app.imports.all()]
        assert sum(each.changed for each in rows) == 5
        assert sum(each.waiting for each in rows) == 1
        assert {each.state for each in app.imports.all()} == {"done"}

    with situation(tmp_path / "base", dialect, lambda _: None) as here:
        for came in cuts(here, whole, whole, look):
            assert came.ends == ("", "")


def test_a_file_is_not_begun_in_two_ways_at_once(file: Path, dialect: str, tmp_path: Path) -> None:
    def started(app: bootstrap.App, columns: dict[str, str] | None = None) -> None:
        app.imports.begin(source=Source(str(file), ONE, columns=columns), actor="甲")

    other: Act = partial(started, columns={"会员等级": "ignore"})
    with situation(tmp_path / "base", dialect, lambda _: None) as here:
        ends = [came.ends for came in cuts(here, started, other)]
        assert here.in_turn(started, other).ends == ("", "import_unfinished")
    assert set(ends) == {("import_unfinished", "")}


def test_an_import_that_is_undone_meanwhile_says_so_and_leaves_nothing(
    file: Path, dialect: str, tmp_path: Path
) -> None:
    source = Source(str(file), ONE)

    def whole(app: bootstrap.App) -> None:
        import_file(app.imports, source, actor="甲")

    def look(app: bootstrap.App) -> None:
        undone = app.imports.report(import_id=ONE)
        assert (undone.state, undone.rows.changed, undone.rows.waiting) == ("undone", 0, 0)

    undo = act("imports.undo", import_id=ONE, actor="乙")
    with situation(
        tmp_path / "base", dialect, lambda staged: staged.app.imports.begin(source=source, actor="甲")
    ) as here:
        ends = [came.ends for came in cuts(here, whole, undo, look)]
    assert set(ends) <= {("import_undone", ""), ("", "")}
    assert ("import_undone", "") in ends


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_no_number_comes_back_in_whatever_order_drafts_are_deleted(order: tuple[int, ...], tmp_path: Path) -> None:
    with situation(tmp_path / "base", "sqlite", lambda _: None) as here:

        def made(app: bootstrap.App) -> int:
            new = {"name": "x", "entity_uscc": ENTITY, "purpose": "retail", "audience": Filter()}
            return app.campaigns.create(**new, actor="乙").id

        def act(app: bootstrap.App) -> None:
            assert [made(app) for _ in order] == [1, 2, 3]
            for number in order:
                app.campaigns.delete_draft(number, "甲")
            assert made(app) == 4

        here.alone(act)


def test_a_number_is_never_given_to_another_campaign(dialect: str, tmp_path: Path) -> None:
    """A window may still have the deleted one open: what is typed there must not become another one's text."""

    def again(app: bootstrap.App) -> None:
        delete(app)
        app.campaigns.create(name="另一个", entity_uscc=ENTITY, purpose="retail", audience=Filter(), actor="乙")

    with situation(tmp_path / "base", dialect, Staged.draft) as here:
        assert {came.ends for came in cuts(here, edit(body=CLEAN + "。"), again)} == {("campaign", "")}
