"""A shop's platform and its endpoint: whose consent changed by the lists of both, and who of them is told of a no."""

from __future__ import annotations

from dataclasses import replace

import pytest

from campaign_app.domain.errors import PlaceForgotten, RemoteError, RemoteRefused, RemoteUnavailable
from campaign_app.domain.platform import Capabilities
from campaign_app.platforms.endorsed import EndorsedPlatform
from tests.helpers.endorsed import NOW, REFS, VETOES, pair


def pulled(client: EndorsedPlatform, cursor: str = "") -> tuple[list[str], str]:
    found, more = list[str](), True
    while more:
        page = client.consent_changes(cursor)
        found, cursor, more = found + list(page.items), page.next_cursor, page.more
    return found, cursor


def test_who_left_at_the_platform_itself_is_in_the_changes_too() -> None:
    client, native, endpoint = pair()
    native.offers = replace(VETOES, consent_changes=True)
    endpoint.changes, native.changes = ["c0", "c1", "c2", "c3", "c4"], ["c5", "c1", "c2"]
    found, cursor = pulled(client)
    assert sorted(found) == ["c0", "c1", "c1", "c2", "c2", "c3", "c4", "c5"]
    assert pulled(client, cursor)[0] == []
    endpoint.changes.append("c5")
    native.changes.append("c4")
    assert sorted(pulled(client, cursor)[0]) == ["c4", "c5"]


def forgotten(client: EndorsedPlatform, cursor: str) -> str:
    with pytest.raises(PlaceForgotten) as refused:
        client.consent_changes(cursor)
    assert refused.value.code == "bad_cursor"
    return refused.value.begin


def test_a_place_in_the_endpoints_list_alone_goes_on_there() -> None:
    """And the platform's own begins: what its beginning leaves out nobody has read."""
    client, native, endpoint = pair()
    endpoint.changes = ["c0", "c1", "c2", "c3"]
    _, before = pulled(client)
    native.offers, native.changes = replace(VETOES, consent_changes=True), ["c5"]
    endpoint.changes.append("c4")
    assert (before, sorted(pulled(client, forgotten(client, before))[0])) == ("4", ["c4", "c5"])


@pytest.mark.parametrize("side", [0, 1])
def test_where_one_of_the_lists_forgot_its_place_the_others_is_kept(side: int) -> None:
    client, *sides = pair()
    sides[0].offers = replace(VETOES, consent_changes=True)
    sides[0].changes, sides[1].changes = ["c0"], ["c1", "c2"]
    _, cursor = pulled(client)
    sides[side].forgotten.add(str(len(sides[side].changes)))
    begin = forgotten(client, cursor)
    assert begin == 'both:["2",""]' if side == 0 else 'both:["","1"]'
    assert pulled(client, begin)[0] == sides[side].changes


@pytest.mark.parametrize("cursor", ["both:", "both:[1,2]", 'both:["a"]', "both:{}", 'both:["a","b","c"]', "both:7"])
def test_a_place_that_was_never_handed_out_is_refused(cursor: str) -> None:
    client, native, _ = pair()
    native.offers = replace(VETOES, consent_changes=True)
    with pytest.raises(RemoteRefused) as refused:
        client.consent_changes(cursor)
    assert refused.value.code == "bad_cursor"


@pytest.mark.parametrize("side", [0, 1])
def test_a_list_of_changes_that_cannot_be_read_moves_no_place(side: int) -> None:
    client, *sides = pair()
    sides[0].offers = replace(VETOES, consent_changes=True)
    sides[0].changes, sides[1].changes = ["c0"], ["c1"]
    sides[side].trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        client.consent_changes("")
    assert sorted(client.consent_changes("").items) == ["c0", "c1"]


def test_an_opt_out_reaches_all_who_take_it_though_one_fails() -> None:
    client, native, endpoint = pair()
    endpoint.offers = native.offers = Capabilities()
    with pytest.raises(RemoteRefused) as none:
        client.write_opt_out(REFS[0], "退订", NOW)
    assert none.value.code == "not_offered"
    endpoint.offers = native.offers = Capabilities(opt_out_write=True)
    endpoint.trouble.append(RemoteUnavailable("timeout", "no answer"))
    with pytest.raises(RemoteUnavailable):
        client.write_opt_out(REFS[0], "退订", NOW)
    client.write_opt_out(REFS[0], "退订", NOW)
    assert (native.opt_outs, endpoint.opt_outs) == (["c0", "c0"], ["c0"])


AWAY = RemoteUnavailable("server_error", "503")
NOT_RECORDED = RemoteRefused("opt_out_not_recorded", "unknown here")
REVOKED = RemoteRefused("unauthorized", "401", account_wide=True)


@pytest.mark.parametrize("lasting", [0, 1])
@pytest.mark.parametrize("passing", [AWAY, REVOKED, RemoteRefused("contract_broken", "HTML")])
def test_what_one_says_of_the_person_gives_up_nothing_that_the_other_was_not_told(
    lasting: int, passing: RemoteError
) -> None:
    client, *sides = pair()
    for side in sides:
        side.offers = Capabilities(opt_out_write=True)
    sides[lasting].trouble.append(NOT_RECORDED)
    sides[1 - lasting].trouble.append(passing)
    with pytest.raises(RemoteError) as failed:
        client.write_opt_out(REFS[0], "退订", NOW)
    assert failed.value is passing
    sides[lasting].trouble.append(NOT_RECORDED)
    with pytest.raises(RemoteRefused) as refused:
        client.write_opt_out(REFS[0], "退订", NOW)
    assert (refused.value.of_the_person, sides[1 - lasting].opt_outs) == (True, ["c0"])


@pytest.mark.parametrize("trouble", [AWAY, REVOKED])
def test_a_service_that_does_not_say_what_it_offers_keeps_the_platform_from_nothing(
    monkeypatch: pytest.MonkeyPatch, trouble: RemoteError
) -> None:
    client, native, endpoint = pair()
    native.offers = Capabilities(opt_out_write=True)

    def unsaid() -> Capabilities:
        raise trouble

    monkeypatch.setattr(endpoint, "capabilities", unsaid)
    with pytest.raises(type(trouble)):
        client.write_opt_out(REFS[0], "退订", NOW)
    assert native.opt_outs == ["c0"]
