"""One message as each way out carries it: how it is cut there, in whose notation, and by which filing it is judged."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from campaign_app import assets
from campaign_app.compliance import Engine, load_all
from campaign_app.compliance.message import CheckRequest, Sender
from campaign_app.compliance.segments import ucs2_parts
from campaign_app.domain.customer import Account
from campaign_app.domain.filing import Register, Way
from campaign_app.domain.signature import Signature, SignatureReport
from campaign_app.services.beside import KNOWN, NOTATIONS, Channel, Side, others, sides
from campaign_app.services.composing import Setting
from campaign_app.services.readers import Reader
from campaign_app.transport.pinduoduo import stated
from campaign_app.transport.smpp.texts import parts_of
from campaign_app.transport.top import filed
from tests.fakes.remotes import ENTITY
from tests.helpers.shop import NOW

FILED = Signature("安宁百货", ENTITY, "company", "approved", True, ("retail",), date(2027, 12, 31))
BODY = "{name}您好，冬装上新，到店满300元减50元。拒收请回复R"
FAMILY = "👨‍👩‍👧‍👦"  # eleven UTF-16 units that are one character


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_all(assets.path("rules")))


def account(number: int, platform: str) -> Account:
    return Account(
        number, platform, f"{platform}{number}", "http://127.0.0.1/", ENTITY, "", "", "k", simulated=True,
        pinned_keys="{}",
    )  # fmt: skip


def setting(*ways: Way, told_by: int = 1) -> Setting:
    """The signature is filed with one account."""
    reports = (SignatureReport(told_by, FILED, NOW),)
    register = Register(ENTITY, "安宁百货有限公司", timedelta(days=1), reports, ways)
    base = CheckRequest(BODY, FILED, Sender("安宁百货有限公司", ENTITY), send_at=NOW)
    return Setting(base, register, NOW, (), (), (), 0, screened=False, price=0)


def reader(name: str = "张伟", shop: int | None = None, **values: str) -> Reader:
    return Reader(1, name, values={"name": name, **values}, shop=shop)


def only(engine: Engine, channel: Channel, body: str = BODY, who: Reader | None = None) -> Side:
    (found,) = sides(engine, setting(Way(1, 1)), [channel], body, "安宁百货", who or reader())
    return found


def pieces(side: Side) -> list[str]:
    return [side.text[start:end] for start, end in pairwise((0, *side.marks, len(side.text)))]


@pytest.mark.parametrize("body", ["冬" * 60 + FAMILY * 3 + BODY, "short", "冬" * 200])
def test_each_way_cuts_where_its_gateway_does(engine: Engine, body: str) -> None:
    smpp, kannel = (only(engine, Channel(name, "generic"), body) for name in ("smpp", "kannel"))
    assert [part.encode("utf-16-be") for part in pieces(smpp)] == [
        part.data[6 if part.headed else 0 :] for part in parts_of(smpp.text, 1)
    ]
    assert tuple(pieces(kannel)) == ucs2_parts(kannel.text)
    for side in (smpp, kannel, only(engine, Channel("aliyun", "aliyun"), body)):
        assert side.segments.segments == len(pieces(side))
        assert side.text == f"【安宁百货】{body.replace('{name}', '张伟')}"


def test_only_what_is_billed_by_the_sum_may_cut_a_character(engine: Engine) -> None:
    body = "冬" * 58 + FAMILY + BODY
    assert only(engine, Channel("aliyun", "aliyun"), body).torn
    assert only(engine, Channel("smpp", "generic"), body).torn == ()


def test_templates_are_in_each_providers_own_notation(engine: Engine) -> None:
    found = {channel.platform: only(engine, channel) for channel in others((), "generic")}
    assert tuple(found) == KNOWN
    written = {
        name: "" if side.exported is None else side.exported.text[: -len(BODY) + 6] for name, side in found.items()
    }
    assert written == {
        "aliyun": "${name}", "tencent": "{1}", "huawei": "${1}", "ucloud": "{1}", "smpp": "", "kannel": "",
        "top": "${name}", "pinduoduo": "${name}",
    }  # fmt: skip
    assert {"top": filed.NOTATION, "pinduoduo": stated.NOTATION} == NOTATIONS


def test_what_cannot_be_a_template_is_refused_there_alone(engine: Engine) -> None:
    twice, odd = "{name}您好，{name}。拒收请回复R", reader("{city}")
    for channel, body, who, code in (
        (Channel("aliyun", "aliyun"), twice, None, "template_twice"),
        (Channel("tencent", "tencent"), BODY, odd, "template_value"),
    ):
        side = only(engine, channel, body, who)
        assert side.error is not None
        assert (side.error.code, side.level, side.exported) == (code, "block", None)
        assert only(engine, Channel("smpp", "generic"), body, who).error is None


def test_rules_are_those_of_who_is_behind_a_way(engine: Engine) -> None:
    body = BODY.replace("拒收请回复R", "TD退订")
    levels = {rules: only(engine, Channel("smpp", rules), body).level for rules in ("ucloud", "aliyun")}
    assert levels["aliyun"] == "block"
    assert "OPT-002" not in {each.rule_id for each in only(engine, Channel("smpp", "ucloud"), body).findings}


def test_the_filing_is_that_of_the_shop_whose_messages_leave(engine: Engine) -> None:
    """A signature that one account reported is not filed with another."""
    ways = Way(1, 1), Way(2, 2)
    channels = [Channel("aliyun", "aliyun", account(n, "aliyun"), (n,)) for n in (1, 2)]
    first, second = sides(engine, setting(*ways), channels, BODY, "安宁百货", reader(shop=1))
    assert (first.level, second.level) == ("ok", "block")
    assert [each.accounts[0].id for each in (first, second)] == [1, 2]
    assert {each.rule_id for each in second.findings} == {"SIG-006"}


def test_accounts_that_carry_it_alike_are_one(engine: Engine) -> None:
    channels = [Channel("aliyun", "aliyun", account(n, "aliyun"), (1,)) for n in (1, 2)]
    (side,) = sides(engine, setting(Way(1, 1)), channels, BODY, "安宁百货", reader())
    assert side.key == ("aliyun", (1, 2))
    assert (side.level, side.segments.encoding) == ("ok", "UCS-2")
