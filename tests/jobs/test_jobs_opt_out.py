"""Which replies are refusals, and which are votes and questions (rule OPT-008)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign_app import assets
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.opt_outs import find_opt_outs
from campaign_app.jobs.opt_out import is_opt_out

REPLIES = Path(__file__).parents[1] / "vectors" / "replies.jsonl"
FORMS = ("R", "T", "TD", "N", "QX", "退订", "退訂", "取消", "拒收", "STOP", "回T", "回TD", "回复R", "回復TD", "请退订")
SIGNS = ("", " ", "。", "！", "!", "~", ".", "，", "\u3000", "\u200b", "🙏", "…")
ASKED = ("退订回{}", "拒收请回复{}", "回复{}即可退订", "退订请回复“{}”")
VOTES = ("A", "B", "满意", "好的", "收到", "要", "两件", "买")
QUESTIONS = (
    *("怎么退货", "N95有吗", "几点开门", "T恤多少钱", "R码有货吗", "怎么取消订单", "可以取消预约吗", "退定金要多久"),
    *("我的订单可以取消吗", "预约能取消吗", "订单怎么取消", "订单能不能取消", "预约取消了吗", "快递 可以 取消 吗"),
    *("怎么退订酒店", "酒店怎么退订", "预订的房间可以退订吗", "退订费多少", "退订政策是什么"),
    *("请问你们店里的退订政策是什么，我上周订的蛋糕想改一天再取", "我对订单有疑问", "核对订单"),
    *("打扰一下，请问几点关门", "打扰了请问几点关门"),
    *("不要删除我的号码", "别删我", "手机号删除了怎么办", "删除我的地址", "Remove one item", "停发货了吗", "退订单"),
    *("别退订", "我不想退订", "我没说要退订", "我不想退订，只想问一下活动什么时候结束"),
    *("能开发票吗", "不用发票可以吗", "别发顺丰可以吗", "TDK的有吗", "今天还有活动吗", "Nike有吗", "退款到账了吗"),
    *("帮我取消昨天下的订单", "我想取消明天的预约", "明天的预约取消", "这单帮我取消", "订单被取消了", "活动取消了吗"),
    *("别取消我订单", "快递可以拒收吗", "包裹我拒收了", "退订金", "先暂停发货", "不要发申通", "别发邮政", "不要发黑色"),
    *(
        "T-shirt有吗",
        "t 恤",
        "R&B",
        "No.1",
        "No problem, thanks",
        "cancel my order",
        "回复R是什么意思",
        "不是本人签收的快递",
        "单号7512321088",
    ),
)
NO_MORE = (
    *("请勿再发", "請勿再發", "别再给我发了", "不要再给我发短信", "不要再发", "別發了", "停止发送", "不许再来短信"),
    *("不要再推送", "请不要再联系", "勿擾", "拒絕", "我要舉報", "退汀", "退丁", "推订", "腿订", "取 消"),
    *(
        "TDTD",
        "rrr",
        "退退退",
        "退！",
        "R谢谢",
        "T不要了",
        "您好，TD",
        "麻烦QX",
        "Unsubscribe me",
        "please stop sending",
    ),
    *(
        "订单收到了，怎么取消短信",
        "订单短信可以取消吗",
        "取消订单短信",
        "取消快递的通知",
        "我的订单可以取消吗？另外请退订",
    ),
    *("会员能取消吗", "可以取消吗", "订单收到，取消", "D退订", "q，别再发了", "no more", "No thanks"),
    *("取消订单提醒", "取消我的预约提醒", "拒收包裹提醒", "取消快递提示", "拒收快递宣传", "取消退款营销"),
    *(
        "取消预订活动短信",
        "取消预约服务短信",
        "取消订单类短信",
        "预约提醒可以取消吗",
        "停止",
        "请停止",
        "不需要",
        "不接受",
    ),
    *("STOPALL", "退丶订", "拒接"),
    *(
        "退订，货太差了",
        "退订。货不好",
        "退订，金额不对",
        "退订金鹰百货",
        "退订货拉拉",
        "停发，货不要",
        "取消 我没有订单",
    ),
    *(
        "别再发黄色短信了",
        "别发红包短信了",
        "不要再发京东的短信了",
        "别发白条广告",
        "取消我没下过订单",
        "我没预约 取消",
    ),
    *(
        "取消你们酒店的会员",
        "安宁百货拒收",
        "卖假货拒收",
        "Cancel my order updates",
        "no 12345",
        "remove",
        "Remove me",
        "别再推荐了",
    ),
    *("不要，退订", "不要 退订", "不要了退订", "要不要退订", "为什么不让退订", "为什么不要退订还发", "没有退订"),
    *("怎么退订", "怎么还没退订", "退订不了", "不需要退订", "我不想退订，R", "不要退订！别再发了", "订单收到了，退订"),
    *("退订酒店", "退订蛋糕", "课程怎么退订", "退订费劲", "请勿打扰问候短信", "打扰一下午了", "都不要退订", "不要退订"),
    *("停", "退出", "别烦我", "不需要，谢谢", "退籴"),
    *("退订酒店短信", "退订酒店的广告", "酒店短信怎么退订", "退订课程推送", "打扰到我了", "请不要打扰"),
    *("do not send", "ＵＮＳＵＢＳＣＲＩＢＥ", "回复 T", "发TD", "T.D.", "t d"),
    *(
        "都回R了还发",
        "已回复R",
        "R了",
        "td啊",
        "好的R",
        "TDDDD",
        "退T",
        "tuì dìng",
        "ТD",
        "🆁",
        "您好，R",
        "不需要了谢谢",
    ),
    *("別煩我", "謝絕推銷", "別再傳了", "停止傳送", "請不要再傳簡訊", "别推了", "關閉推送", "停止短信", "不用了，谢谢"),
    *(
        "撤回同意",
        "撤銷同意",
        "不同意接收",
        "把我的号码删掉",
        "请删除我的信息",
        "你发错人了",
        "不是本人",
        "垃圾短信",
        "12321",
    ),
    *(
        "Don't text me",
        "remove me",
        "unsub",
        "取消你们发的订单广告",
        "取消快递这类推送",
        "退订金融短信",
        "取消，订单收到了",
        "拒收！快递太慢",
    ),
)


def wide(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


@given(
    form=st.sampled_from(FORMS),
    dress=st.sampled_from((str, str.lower, wide, str.title)),
    before=st.sampled_from(SIGNS),
    between=st.sampled_from(("", " ", ".", "\u3000")),
    after=st.sampled_from(SIGNS),
)
def test_every_form_refuses_however_it_is_typed(
    form: str, dress: Callable[[str], str], before: str, between: str, after: str
) -> None:
    assert is_opt_out(f"{before}{between.join(dress(form))}{after}")


@pytest.mark.no_cover
@given(said=st.one_of(st.sampled_from((*VOTES, *QUESTIONS)), st.from_regex(r"[0-9]{1,3}", fullmatch=True)))
@pytest.mark.parametrize("sign", ["", "？", "?", "。", " "])
def test_votes_and_questions_refuse_nothing(said: str, sign: str) -> None:
    assert not is_opt_out(f"{said}{sign}")


@pytest.mark.parametrize("reply", NO_MORE)
def test_other_words_for_no_more(reply: str) -> None:
    assert is_opt_out(reply)


def test_replies_as_people_say_them_and_telephones_hear_them() -> None:
    """In dialect, polite or not, by voice; and what is said of goods, parking and couriers in nearly the same words."""
    asked = ["【安宁百货】满99减10元。拒收请回复R"]
    replies = [json.loads(line) for line in REPLIES.read_text("utf-8").splitlines()]
    assert len(replies) > 300
    assert [one["text"] for one in replies if is_opt_out(one["text"], asked) is not one["refuses"]] == []


@pytest.mark.parametrize("reply", ["D", "d。", "回D", "Ｑ", "no", "NO!"])
def test_a_letter_that_also_votes_refuses_where_it_was_asked_for_or_nobody_knows_what_was(reply: str) -> None:
    word = reply.strip("。!回").translate({ord("Ｑ"): "Q"})
    asked, other = f"【安宁百货】两件8折，退订回{word}", "【安宁百货】喜欢哪款？回复A、B、C或D。拒收请回复R"
    assert is_opt_out(reply)
    assert is_opt_out(reply, [other, asked])
    assert not is_opt_out(reply, [other])


@given(word=st.from_regex(r"[A-Za-z]{1,6}|[0-9]{1,5}", fullmatch=True), form=st.sampled_from(ASKED))
def test_whatever_a_text_asks_for_refuses(word: str, form: str) -> None:
    """The rules let a text ask for any such word where no provider is known: to send just that is to refuse."""
    text = f"【安宁百货】两件8折，{form.format(word)}"
    assert find_opt_outs(fold_table(assets.path("tables", "fold.json")).text(text))
    assert is_opt_out(word, ["【安宁百货】回复1预约，拒收请回复R", text])


@pytest.mark.parametrize("reply", ["8", "８", " 8。", "回复8", "回8", "请回复 8！"])
def test_a_number_refuses_only_where_it_was_asked_for(reply: str) -> None:
    asked, other = "【安宁百货】两件8折，退订请回复“8”", "【安宁百货】两件8折，回复8预约，拒收请回复R"
    assert is_opt_out(reply, [other, asked])
    assert not is_opt_out(reply, [other])
    assert not is_opt_out(reply)
    assert not is_opt_out("我要8件", [asked])


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_of_the_catalogue_refuse_whatever_was_sent(form: str) -> None:
    assert is_opt_out(form, ["【安宁百货】两件8折，退订回D"])


@pytest.mark.no_cover
def test_a_long_run_of_signs_takes_no_time() -> None:
    """Nor does it hold up the replies behind it."""
    assert not is_opt_out("_" * 100_000)
    assert is_opt_out("_" * 100_000 + "R")
