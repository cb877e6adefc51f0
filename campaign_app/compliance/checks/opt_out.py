"""The `opt_out_*` kinds: a way to refuse is there, in a form that is accepted, last, free of obstacles, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from campaign_app.compliance.checks.base import Builder, simple
from campaign_app.compliance.opt_outs import STANDARD, folded_form
from campaign_app.compliance.subject import Hit, Subject
from campaign_app.compliance.traits import ODD_OPT_OUT
from campaign_app.domain.finding import Severity

_TAIL: Final = re.compile(r"[\s。.!！]*")
_QUOTES: Final = str.maketrans("", "", "\"'“”‘’()（）[]「」『』<>《》,，:：")
_CLAUSE_END: Final = re.compile(r"[，,。；;！!？?\s]")
# a condition on a refusal by reply: a time limit, a price, another number, several steps
_CONDITION: Final = re.compile(
    r"\d+(?:秒|分钟|小时|天|日|个工作日)(?:之?内|后|以内)|资费|收费|扣费|付费|费用|[\d.]+元|每条|"
    r"(?:发送|发|回复?)(?:到|至)\s*\d{4,}|编辑(?:短信|信息)|先.{1,12}(?:再|后|才)|"
    r"(?:编辑|发送?|回复?)\s*[a-z0-9#*]{1,8}\s*(?:发送?)?[到至]\s*\d{3,}|"
    r"须?需(?:先|要|登录|致电|拨打|联系|提供|填写|经|等)|必须|审核|连续|两次|2次|3次|工作日|身份证|验证码|密码|"
    r"[a-z0-9](?:并|同时)?[加附带及和+](?:您的?|本人的?|退订|拒收)?(?:姓名|手机|号码|会员|卡号|地址|理由|原因)"
)
# a refusal that is no reply at all
_OTHER_WAY: Final = re.compile(
    r"致电|拨打|来电|电话|热线|客服|登录|登陆|下载|前往|到店|到.{0,4}门店|到.{0,6}(?:前台|柜台|柜面|营业厅|网点|大厅|服务台)|填写|填表|关注|添加|官网|网站|网址|链接|点击|点此|点开|"
    r"https?:|邮件|邮箱|书面|寄送|身份证|审核|app|公众号|小程序|" + _CONDITION.pattern
)
_REFUSAL: Final = re.compile(
    r"拒收|退订|取消订阅|(?:取消|拒绝|停止|不想|不再|不愿|不需要?|不希望)(?:再|继续)?(?:接收|收到|推送)|屏蔽(?:短信|信息|消息)"
)
_BOOKING: Final = re.compile(r"房|酒店|民宿|入住|预订|预定|订单|门票|机票|航班|车票|课程|行程|套票|座位|包间|定金")
_MOST_REFUSALS: Final = 100
_MESSAGES: Final = re.compile(r"短信|信息|消息|推送|通知")


def missing(subject: Subject) -> Iterator[Hit]:
    if not subject.opt_outs and not any(obstructed(subject)):
        yield Hit()


def form(subject: Subject) -> Iterator[Hit]:
    """A form that the provider does not know; without a list any but the common one is doubtful."""
    if not subject.opt_outs:
        return
    last, provider = subject.opt_outs[-1], subject.provider
    if last.form in map(folded_form, provider.opt_out_forms or (STANDARD,)):
        return
    doubtful = not provider.opt_out_forms or last.form in map(folded_form, provider.opt_out_doubtful)
    severity = Severity.WARN if doubtful else None
    wanted = (provider.opt_out_forms or (STANDARD,))[0]
    yield subject.body_hit(last.start, last.end, severity, wanted=wanted)


def position(subject: Subject) -> Iterator[Hit]:
    if subject.opt_outs:
        last = subject.opt_outs[-1]
        if last.end < len(subject.text) and not _TAIL.fullmatch(subject.visible(last.end)):
            yield subject.body_hit(last.start, last.end)


def obstacle(subject: Subject) -> Iterator[Hit]:
    if subject.opt_outs:
        for opt_out in subject.opt_outs:
            start, end = _clause(subject, opt_out.start, opt_out.end)
            if (start, end) != (opt_out.start, opt_out.end) and _CONDITION.search(subject.folded_slice(start, end)):
                yield subject.body_hit(start, end)
    else:
        yield from obstructed(subject)


def obstructed(subject: Subject) -> Iterator[Hit]:
    """Refusals that are no reply: by telephone, app, shop or letter. A cancelled booking is not meant."""
    text = subject.text
    for match in islice(_REFUSAL.finditer(subject.body.squeezed), _MOST_REFUSALS):
        start, end = _clause(subject, *subject.body.squeezed_span(*match.span()))
        if text[start:end].rstrip().endswith(("退订", "拒收", "接收", "收到")) and end < len(text):
            end = _clause(subject, end + 1, end + 1)[1]  # “如需退订，请登录…” says it in the next clause
        clause = subject.folded_slice(start, end)
        near = text[max(0, start - 30) : end + 30]
        if _OTHER_WAY.search(clause) and (_MESSAGES.search(clause) or not _BOOKING.search(near)):
            yield subject.body_hit(start, end)


def diluted(subject: Subject) -> Iterator[Hit]:
    if not subject.opt_outs:
        return
    last, text = subject.opt_outs[-1], subject.text
    written, before = text[last.start : last.end], text[max(0, last.start - 20) : last.start]
    gap = before[len(before.rstrip()) :]
    altered = written != last.standard and written.translate(_QUOTES) != last.standard.translate(_QUOTES)
    if altered or len(gap) > 3 or "\n" in gap or "\r" in gap:
        yield subject.body_hit(last.start, last.end, standard=last.standard)


def repeated(subject: Subject) -> Iterable[Hit]:
    return (subject.body_hit(one.start, one.end) for one in subject.opt_outs[:-1])


def _clause(subject: Subject, start: int, end: int) -> tuple[int, int]:
    """The clause of the body as typed around a refusal."""
    text = subject.text
    low = max(0, start - 60)
    if start and _CLAUSE_END.match(text, start - 1):
        left = start
    else:
        left = max((m.end() for m in _CLAUSE_END.finditer(text, low, start)), default=low)
    right = _CLAUSE_END.search(text, end, end + 60)
    return left, right.start() if right else min(len(text), end + 60)


KINDS: Final[dict[str, Builder]] = {
    "opt_out_missing": simple(missing, traits=ODD_OPT_OUT),
    "opt_out_form": simple(form, traits=ODD_OPT_OUT),
    "opt_out_position": simple(position, traits=ODD_OPT_OUT),
    "opt_out_obstacle": simple(obstacle, traits=ODD_OPT_OUT),
    "opt_out_diluted": simple(diluted, traits=ODD_OPT_OUT),
    "opt_out_repeated": simple(repeated, traits=ODD_OPT_OUT),
}
