"""Workers of a team's workspace: leases by the server's clock, and nothing committed behind the end of one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import QueuePool
from storage_samples import KEY

from campaign_app import bootstrap, words
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.errors import OutcomeUnknown, WorkspaceError
from campaign_app.storage import leases as lease_store
from campaign_app.storage import migrate, team
from campaign_app.storage.homes import Hand, ServerHome
from campaign_app.storage.leases import SqlLeases
from campaign_app.storage.leasing import Lease
from campaign_app.storage.migrate import HEAD
from campaign_app.storage.program import VERSION
from campaign_app.storage.schema_workers import worker
from campaign_app.storage.workspace import Workspace, open_workspace
from campaign_app.wiring import wire

DIALECTS = ("postgresql",)
HAND = Hand(VERSION, ("send", "poll"), 60.0, bool)
WAITS = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
def other(workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    """The same workspace on another host."""
    with closing(open_workspace(shutil.copytree(workspace.folder, tmp_path / "o"), MemoryKeeper(KEY))) as opened:
        yield opened


def leases(workspace: Workspace) -> SqlLeases:
    assert isinstance(workspace.home, ServerHome)
    return workspace.home.leases


def expire(workspace: Workspace, worker_id: int) -> None:
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).where(worker.c.id == worker_id).values(lease_until=0))


def steady() -> bool:
    return True


def code_of(work: Callable[[], Any]) -> str:
    with pytest.raises(WorkspaceError) as caught:
        work()
    return caught.value.code


def change(workspace: Workspace) -> None:
    workspace.accounts.set_setting("x", 1)


def test_any_number_of_workers_the_oldest_first(workspace: Workspace, other: Workspace) -> None:
    assert not other.has_worker()
    with workspace.work(HAND) as first, other.work(HAND) as second:
        assert first is not None
        assert second is not None
        assert first.worker_id < second.worker_id
        assert leases(other).not_ended() == (first.worker_id, second.worker_id)
        assert [(each.queues, each.pid) for each in leases(other).at_work()] == [(("send", "poll"), os.getpid())] * 2
        assert other.has_worker()
        assert not workspace.gone()
        assert 50 < first.left <= 60
        assert abs((first.beat_at - datetime.now(UTC)).total_seconds()) < 60
    assert code_of(lambda: change(workspace)) == "lease_lost", "of a thread that is still at something"
    with closing(open_workspace(workspace.folder, MemoryKeeper(KEY))) as later:
        assert not later.has_worker(), "a lease is given back at the end"
        change(later)


def test_nothing_is_committed_behind_the_end_of_a_lease(workspace: Workspace, other: Workspace) -> None:
    with workspace.work(HAND) as lease:
        assert lease is not None
        change(workspace)
        expire(other, lease.worker_id)
        change(workspace)  # nobody has declared it: it may go on, and renew
        assert leases(other).end_expired(steady)
        assert not leases(other).end_expired(steady)
        assert code_of(lambda: workspace.accounts.set_setting("x", 2)) == "lease_lost"
        assert workspace.gone()
        assert leases(workspace).renew(lease.worker_id, 60) is None
        change(other)
    assert other.accounts.setting("x", 0) == 1


def test_it_is_not_declared_over_in_the_middle_of_a_change(workspace: Workspace, other: Workspace) -> None:
    with workspace.work(HAND) as lease, ThreadPoolExecutor(1) as reaper:
        assert lease is not None
        expire(other, lease.worker_id)
        with workspace.database.write() as connection:
            declared = reaper.submit(leases(other).end_expired, steady)
            while not connection.execute(WAITS).scalar_one():
                assert not declared.done()
            connection.execute(sa.text("INSERT INTO setting VALUES ('y', '1')"))
        assert declared.result(30)
        assert code_of(lambda: change(workspace)) == "lease_lost"
    assert other.accounts.setting("y", 0) == 1, "it was committed before"


def test_one_that_is_stopped_in_the_middle_of_a_change_holds_up_nobody_longer_than_a_lease(
    workspace: Workspace,
) -> None:
    limit = sa.text("SHOW idle_in_transaction_session_timeout")
    with workspace.database.write() as connection:
        assert connection.execute(limit).scalar() == "1min"
    with workspace.work(Hand(VERSION, (), 7.0, bool)), workspace.database.write() as connection:
        assert connection.execute(limit).scalar() == "7s"


def test_one_that_was_cut_off_within_a_message_is_let_go_once_its_lease_is_over(
    workspace: Workspace, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server begins to count how long nothing happens once it has heard a message to its end."""
    monkeypatch.setattr(lease_store, "SILENT_SECONDS", 0.0)

    def cut_off() -> None:
        with workspace.database.write() as connection:
            driver: Any = connection.connection.driver_connection
            os.write(driver.fileno(), b"H\0\0\0\4Q\0\0")  # a flush, and the beginning of a question
            with other.database.engine.begin() as beside:  # which waits for no lock
                beside.execute(sa.update(worker).values(lease_until=0))
            with ThreadPoolExecutor(1) as thread:
                assert thread.submit(leases(other).end_expired, steady).result(20)
            connection.execute(sa.text("SELECT 1"))

    with workspace.work(Hand(VERSION, (), 60.0, bool)) as lease:
        assert lease is not None
        lease.stop()
        assert code_of(cut_off) == "server_unreachable"


def test_another_version_refuses_beside_them(workspace: Workspace, other: Workspace) -> None:
    with other.work(Hand("9.9 0099", (), 60.0, bool)):
        assert code_of(lambda: workspace.work(HAND).__enter__()) == "other_version"
        assert code_of(lambda: open_workspace(workspace.folder, MemoryKeeper(KEY))) == "other_version"
    with workspace.work(HAND):
        pass


def test_two_versions_that_differ_in_their_tables_only_are_told_apart(workspace: Workspace, other: Workspace) -> None:
    release, _, tables = VERSION.partition(" ")
    with (
        other.work(Hand(f"{release} 0099", (), 60.0, bool)),
        pytest.raises(WorkspaceError) as refused,
    ):
        workspace.work(HAND).__enter__()
    told = {"theirs": release, "their_tables": "0099", "ours": release, "our_tables": tables}
    assert refused.value.facts == told
    for language in ("zh_CN", "en"):
        said = words.load(language).error(refused.value)
        assert "0099" in said
        assert tables in said


@pytest.fixture
def of_former(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """Its tables count as those of a former version; what would change them only says that it did."""

    def changed(connection: sa.Connection) -> None:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD})

    with workspace.database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0017'"))
    monkeypatch.setattr(migrate, "upgrade", changed)
    yield workspace
    with workspace.database.write() as connection:
        changed(connection)


def tables_of(workspace: Workspace) -> str | None:
    with workspace.database.read() as connection:
        return migrate.version_of(connection)


def enter_of_former(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> int:
    with monkeypatch.context() as then:
        then.setattr(lease_store, "HEAD", "0017")
        return leases(workspace).enter("0.0 0017", (), 60)


def test_an_expired_worker_never_comes_back_to_tables_that_were_changed(
    of_former: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = enter_of_former(of_former, monkeypatch)
    expire(of_former, former)
    open_workspace(of_former.folder, MemoryKeeper(KEY)).close()
    assert tables_of(of_former) == HEAD
    assert leases(of_former).renew(former, 60) is None


def test_tables_stay_as_they_are_for_a_worker_that_came_right_before_the_change(
    of_former: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(team, "_require_fitting", lambda _: enter_of_former(of_former, monkeypatch))
    assert code_of(lambda: open_workspace(of_former.folder, MemoryKeeper(KEY))) == "other_version"
    assert tables_of(of_former) == "0017"


def test_a_worker_that_opened_the_tables_before_they_were_changed_does_not_enter(of_former: Workspace) -> None:
    assert code_of(lambda: of_former.work(HAND).__enter__()) == "newer_workspace"
    assert leases(of_former).not_ended() == ()


def test_a_lease_of_before_the_servers_clock_was_set_back_has_run_out(workspace: Workspace) -> None:
    """Else a worker that was killed would be at work for as long as the clock went back."""
    there = leases(workspace)
    number = there.enter(VERSION, (), 60)
    day = 86_400_000
    with workspace.database.write() as connection:
        later = {"beat_at": worker.c.beat_at + day, "lease_until": worker.c.lease_until + day}
        connection.execute(sa.update(worker).values(later))
    assert there.at_work() == ()
    assert there.renew(number, 60) is not None, "whoever lives beats again"
    assert [each.id for each in there.at_work()] == [number]
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).values(later))
    assert there.end_expired(steady)
    assert there.renew(number, 60) is None


def test_one_of_this_machine_that_was_killed_counts_for_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("host_id", "place_id"):
        monkeypatch.setattr(lease_store, name, lambda: "here")
    number = leases(workspace).enter(VERSION, (), 60)
    assert workspace.has_worker()
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).values(pid=1))
    assert workspace.has_worker(), "of another user"
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).values(pid=2**22 + 1))
    assert not workspace.has_worker()
    assert leases(workspace).not_ended() == (number,), "its work is taken over once its lease has ended"


def test_a_lease_waits_for_no_pool_and_who_does_is_told(workspace: Workspace) -> None:
    pool = workspace.database.engine.pool
    assert isinstance(pool, QueuePool)
    pool._timeout = 0.1
    there = leases(workspace)
    number = there.enter(VERSION, (), 60)
    with ExitStack() as held:
        for _ in range(16):
            held.enter_context(workspace.database.read())
        assert there.renew(number, 60) is not None
        assert there.renew(number, 60) is not None, "its own connection is given back"
        assert code_of(workspace.accounts.accounts) == "busy"
        assert code_of(lambda: change(workspace)) == "busy"
    change(workspace)


def test_a_desktop_notices_that_another_hosts_worker_has_ended(workspace: Workspace) -> None:
    app = wire(workspace, MemoryKeeper(KEY), timedelta(0))
    number = leases(workspace).enter(VERSION, (), 60)
    with workspace.database.write() as connection:
        connection.execute(sa.update(worker).values(host="another"))
    handle = bootstrap.start_worker_for(app)
    assert (handle.own, handle.there()) == (False, True)
    expire(workspace, number)
    assert not handle.there()


class Server:
    """Answers as it is told, the rest with yes."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.asked = list(answers), 0

    def renew(self, _worker_id: int, _seconds: float) -> datetime | None:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else datetime.now(UTC)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def let_go(self) -> None: ...


AWAY = WorkspaceError("server_unreachable", "away")


def lease_of(server: Server, now: Callable[[], float], lost: list[str]) -> Lease:
    made = Lease(server, 7, 15.0, lambda: lost.append("lost"), now)
    made.renew()
    return made


def test_before_anything_leaves_a_lease_that_is_not_fresh_is_asked_about() -> None:
    now, lost, server = [100.0], list[str](), Server(datetime.now(UTC), AWAY, datetime.now(UTC), None)
    lease = lease_of(server, lambda: now[0], lost)
    now[0] += 9
    lease.require()
    assert server.asked == 1
    now[0] += 60  # as of a process that was stopped
    with pytest.raises(OutcomeUnknown, match="cannot be asked"):
        lease.require()
    lease.require()
    assert (server.asked, lease.left, lost) == (3, 15, [])
    now[0] += 60
    with pytest.raises(OutcomeUnknown, match="taken over"):
        lease.require()
    assert (lost, lease.lost) == (["lost"], True)


def test_it_is_kept_until_it_is_lost_through_a_server_that_is_away() -> None:
    lost, server = list[str](), Server(datetime.now(UTC), AWAY, datetime.now(UTC), None)
    lease = lease_of(server, lambda: 0.0, lost)
    lease.seconds = 0.01
    lease.keep()
    assert (server.asked, lost) == (4, ["lost"])
    lease.stop()
    lease.keep()
    assert server.asked == 4


def test_a_server_that_is_away_is_asked_again_within_a_second_however_long_the_lease() -> None:
    server = Server(datetime.now(UTC), AWAY, AWAY, datetime.now(UTC), None)
    lease, pauses = lease_of(server, lambda: 0.0, []), list[float]()

    class Stop:
        def wait(self, seconds: float) -> bool:
            pauses.append(seconds)
            return False

    lease._stop, lease.seconds = Stop(), 600.0
    lease.keep()
    assert pauses == [120, 1, 1, 120]


def test_it_is_steady_while_it_is_renewed_and_behind_a_gap_once_others_could_renew_theirs() -> None:
    now, server = [100.0], Server(*[datetime.now(UTC)] * 4, AWAY, AWAY)
    lease = lease_of(server, lambda: now[0], [])
    assert lease.steady, "nothing was away since it was entered"
    now[0] += 7
    lease.renew()
    assert lease.steady, "a late beat within half a lease: no lease of 15 s runs out that is renewed every 3"
    now[0] += 7.4
    assert lease.steady
    now[0] += 0.1
    assert not lease.steady, "half a lease without an answer: nobody else may have had one"
    lease.renew()
    assert not lease.steady
    now[0] += 4.4
    assert not lease.steady, "a beat and a half, within which whoever is there beats"
    now[0] += 0.1
    assert lease.steady
    lease.renew()
    for _ in range(2):
        now[0] += 3
        with pytest.raises(WorkspaceError):
            lease.renew()
    assert lease.steady, "a beat or two that failed"
    lease.seconds = 600.0
    now[0] += 500
    lease.renew()
    assert not lease.steady
    now[0] += 4.5
    assert lease.steady, "work waits no longer for it than with a lease of 15 s"


def test_a_silence_is_from_answer_to_answer_whenever_it_was_asked() -> None:
    now, takes = [100.0], [0.0]

    class Far(Server):
        def renew(self, worker_id: int, seconds: float) -> datetime | None:
            now[0] += takes[0]
            return super().renew(worker_id, seconds)

    lease = lease_of(Far(), lambda: now[0], [])
    now[0], takes[0] = now[0] + 7, 7
    lease.renew()
    assert lease.left == 8, "the lease counts from before the question"
    assert not lease.steady, "14 s without an answer, of which either half alone would be none"
    now[0] += 4.4
    assert not lease.steady, "nor does the question's own time count as the others'"
    now[0] += 0.1
    assert lease.steady
    takes[0] = 8
    for _ in range(3):
        lease.renew()
        assert not lease.steady
        now[0] += 5
        assert lease.steady, "of a server that is always that slow, too: work must not be left for good"
