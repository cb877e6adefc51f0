"""Access tokens: renewed once when the platform calls them expired, stored before they are used, never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from campaign_app.domain.errors import NotAllowed, RemoteRefused, RemoteUnavailable, WorkspaceError
from campaign_app.platforms import adapter_for, read_credentials, write_credentials
from campaign_app.services.expiry import told_in
from campaign_app.transport.tokens import Pair, Tokens, expired, pair_of
from tests.helpers.connected import clock
from tests.helpers.kept import InMemory
from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import account_of, connected, parts_of, trouble

REFRESHING = ["jd", "pinduoduo"]


def stored(sandbox: SandboxProcess, name: str, **changed: str) -> InMemory:
    return InMemory(dict(parts_of(sandbox, name, **changed).credentials))


@pytest.fixture
def fresh() -> Any:
    """A sandbox of its own: its tokens are used up."""
    with SandboxProcess(customers=50) as sandbox:
        yield sandbox


@pytest.mark.parametrize("name", REFRESHING)
def test_an_expired_token_is_renewed_once_and_kept_before_it_is_used(fresh: SandboxProcess, name: str) -> None:
    before = fresh.ready["vendors"][name]
    kept = stored(fresh, name)
    with connected(fresh, name, kept=kept) as client:
        trouble(fresh, name, expire=True)
        assert client.check_connection().ok
        assert client.check_connection().ok
    (found,) = kept.written
    assert found["access_token"] != before["access_token"]
    assert found["refresh_token"] != before["refresh_token"]
    assert {key: found[key] for key in found if "token" not in key} == {
        key: before[key] for key in found if "token" not in key
    }
    with connected(fresh, name, **found) as client:
        assert client.check_connection().ok, "what was kept is good for the next start"


def asking(tokens: Tokens) -> Callable[[], str]:
    """A question that is refused with the token of now, and answered with whatever comes after it."""
    old = tokens.access

    def ask() -> str:
        if tokens.access == old:
            raise expired()
        return tokens.access

    return ask


@pytest.mark.parametrize("name", REFRESHING)
def test_a_used_refresh_token_asks_a_person(fresh: SandboxProcess, name: str) -> None:
    with connected(fresh, name, kept=stored(fresh, name)) as client:
        trouble(fresh, name, expire=True)
        assert client.check_connection().ok
        trouble(fresh, name, expire=True)
    with connected(fresh, name, kept=stored(fresh, name)) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert (info.value.code, info.value.account_wide) == ("reauthorise", True)


@pytest.mark.parametrize("name", REFRESHING)
def test_nothing_is_renewed_where_nothing_can_keep_it(fresh: SandboxProcess, name: str) -> None:
    trouble(fresh, name, expire=True)
    with connected(fresh, name) as client, pytest.raises(RemoteRefused) as info:
        client.check_connection()
    assert (info.value.code, info.value.account_wide) == ("token_expired", True)
    with connected(fresh, name, kept=stored(fresh, name)) as client:
        assert client.check_connection().ok, "the refresh token was not used up"


@pytest.mark.parametrize("name", REFRESHING)
def test_an_account_without_refresh_token_says_that_its_token_expired(fresh: SandboxProcess, name: str) -> None:
    trouble(fresh, name, expire=True)
    with (
        connected(fresh, name, kept=stored(fresh, name, refresh_token=""), refresh_token="") as client,
        pytest.raises(RemoteRefused) as info,
    ):
        client.check_connection()
    assert info.value.code == "token_expired"


@pytest.mark.parametrize("name", REFRESHING)
def test_what_another_process_renewed_is_taken_over(fresh: SandboxProcess, name: str) -> None:
    kept = stored(fresh, name)

    def client() -> Any:
        parts = parts_of(fresh, name, kept=kept)
        return adapter_for(name).client(parts)

    mine, theirs = client(), client()
    trouble(fresh, name, expire=True)
    assert theirs.check_connection().ok
    assert mine.check_connection().ok
    assert len(kept.written) == 1, "renewed once, by one of them"
    mine.close()
    theirs.close()


def test_what_another_process_renews_between_two_looks_is_not_renewed_again(vendors: SandboxProcess) -> None:
    class Overtaken(InMemory):
        def read(self) -> Mapping[str, str]:
            before = super().read()
            self.stored = {**before, "access_token": "theirs", "refresh_token": "their next"}
            return before

    spent: list[str] = []

    def renew(refresh: str) -> Pair:
        spent.append(refresh)
        return Pair("mine", "my next")

    kept = Overtaken(stored(vendors, "jd").stored)
    tokens = Tokens(parts_of(vendors, "jd", kept=kept), renew)
    ask = asking(tokens)

    assert (tokens.used_in(ask), spent) == ("theirs", [])


def test_what_changes_something_is_not_tried_again_with_the_new_token(vendors: SandboxProcess) -> None:
    tokens, asked = Tokens(parts_of(vendors, "jd", kept=stored(vendors, "jd")), lambda _: Pair("new")), list[str]()
    old = tokens.access

    def ask() -> str:
        asked.append(tokens.access)
        if tokens.access == old:
            raise expired()
        return tokens.access

    with pytest.raises(RemoteUnavailable) as info:
        tokens.used_once(ask)
    assert (info.value.code, asked, tokens.used_once(ask)) == ("renewing", [old, "new"], "new")
    with pytest.raises(RemoteRefused):
        tokens.used_once(lambda: (_ for _ in ()).throw(RemoteRefused("permission", "no")))


def test_many_threads_renew_once(vendors: SandboxProcess) -> None:
    asked: list[str] = []

    def renew(refresh: str) -> Pair:
        asked.append(refresh)
        return Pair("new")

    tokens = Tokens(parts_of(vendors, "jd", kept=stored(vendors, "jd")), renew)
    ask = asking(tokens)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: tokens.used_in(ask), range(64))) == {"new"}
    assert asked == [vendors.ready["vendors"]["jd"]["refresh_token"]]


def test_a_new_token_that_is_expired_too_is_not_renewed_for_ever(vendors: SandboxProcess) -> None:
    tokens = Tokens(parts_of(vendors, "jd", kept=stored(vendors, "jd")), lambda _: Pair("new", "newer"))

    def ask() -> None:
        raise expired()

    with pytest.raises(RemoteRefused) as info:
        tokens.used_in(ask)
    assert info.value.code == "token_expired"


def test_what_cannot_be_kept_is_not_used(vendors: SandboxProcess) -> None:
    class Gone(InMemory):
        def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
            raise NotAllowed("account_disconnected", "gone")

    kept = Gone(stored(vendors, "jd").stored)
    tokens = Tokens(parts_of(vendors, "jd", kept=kept), lambda _: Pair("new"))
    old = tokens.access
    with pytest.raises(NotAllowed):
        tokens.used_in(lambda: (_ for _ in ()).throw(expired()))
    assert tokens.access == old


def test_what_could_not_be_kept_is_kept_at_the_next_call_and_not_renewed_again(vendors: SandboxProcess) -> None:
    class Full(InMemory):
        full = True

        def replace(self, seen: Mapping[str, str], fresh: Mapping[str, str]) -> bool:
            if self.full:
                raise WorkspaceError("disk_full", "No space left")
            return super().replace(seen, fresh)

    spent: list[str] = []

    def renew(refresh: str) -> Pair:
        spent.append(refresh)
        return Pair("new", "newer")

    kept = Full(stored(vendors, "jd").stored)
    tokens = Tokens(parts_of(vendors, "jd", kept=kept), renew)
    ask = asking(tokens)

    for _ in range(2):
        with pytest.raises(WorkspaceError):
            tokens.used_in(ask)
    kept.full = False
    assert (tokens.used_in(ask), len(spent)) == ("new", 1)
    assert (kept.stored["access_token"], kept.stored["refresh_token"]) == ("new", "newer")


def test_a_renewal_that_another_process_does_not_end_is_tried_again_later(vendors: SandboxProcess) -> None:
    kept = stored(vendors, "jd")
    kept.busy = True
    tokens = Tokens(parts_of(vendors, "jd", kept=kept), lambda _: Pair("new"))
    with pytest.raises(RemoteUnavailable) as info:
        tokens.used_in(lambda: (_ for _ in ()).throw(expired()))
    assert (info.value.code, kept.written) == ("renewing", [])


def test_who_connected_anew_meanwhile_keeps_what_they_typed(vendors: SandboxProcess) -> None:
    kept = stored(vendors, "jd")

    def renew(_: str) -> Pair:
        kept.stored = {**kept.stored, "access_token": "typed", "refresh_token": "typed too"}
        return Pair("new", "newer")

    tokens = Tokens(parts_of(vendors, "jd", kept=kept), renew)
    ask = asking(tokens)

    assert tokens.used_in(ask) == "typed"
    assert (kept.stored["refresh_token"], kept.written) == ("typed too", [])


@pytest.mark.parametrize("error", [RemoteUnavailable("throttled", "later"), RemoteRefused("permission", "no")])
def test_other_trouble_renews_nothing(vendors: SandboxProcess, error: Exception) -> None:
    def renew(_: str) -> Pair:
        raise AssertionError

    tokens = Tokens(parts_of(vendors, "jd", kept=stored(vendors, "jd")), renew)

    def ask() -> None:
        raise error

    with pytest.raises(type(error)):
        tokens.used_in(ask)


@pytest.mark.parametrize("found", [{}, {"access_token": ""}, {"access_token": None}, {"access_token": 7}])
def test_an_answer_without_a_token_asks_a_person(found: dict[str, object]) -> None:
    with pytest.raises(RemoteRefused) as info:
        pair_of(found)
    assert info.value.code == "reauthorise"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"re_expires_in": 60}, 60), ({"refresh_token_expires_in": "90"}, 90), ({"re_expires_in": 0}, None),
        ({"re_expires_in": True}, None), ({"re_expires_in": -1}, None), ({"re_expires_in": "soon"}, None),
        ({"re_expires_in": 1e300}, None), ({"re_expires_in": 10**12}, None), ({"expires_in": 60}, None), ({}, None),
    ],
)  # fmt: skip
def test_how_long_a_refresh_token_is_good_is_read_where_it_is_said(
    said: dict[str, object], seconds: float | None
) -> None:
    assert pair_of({"access_token": "a", **said}).seconds == seconds


def test_the_end_that_was_told_is_kept_with_the_token_until_another_is(vendors: SandboxProcess) -> None:
    kept, given = stored(vendors, "jd"), [Pair("a1", "r1", 3_600.0), Pair("a2", "r2")]
    before = clock()
    tokens = Tokens(parts_of(vendors, "jd", kept=kept), lambda _: given.pop(0))
    for _ in range(2):
        tokens.used_in(asking(tokens))
    ends = [told_in(write_credentials(each)) for each in kept.written]
    assert ends[0] is not None
    assert timedelta(minutes=59) < ends[0] - before < timedelta(minutes=61)
    assert ends[1] == ends[0]


def test_tokens_are_in_no_repr(vendors: SandboxProcess) -> None:
    account, secret = account_of(vendors, "jd")
    shown = f"{Pair('geheim', 'geheimer')!r}{account!r}"
    assert "geheim" not in shown
    assert all(value not in shown for value in read_credentials(secret).values())
