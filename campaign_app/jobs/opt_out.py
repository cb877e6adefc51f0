"""Which replies mean "no more": the words people really type, after folding width, case, script and punctuation.

Words and their misspellings: the counts in `docs/facts.md` (rule OPT-008). Too many is right: a reply that only looks
like a refusal costs the merchant one recipient, a refusal that is overlooked costs a person's peace. A vote ("2"), a
question ("怎么退货？", "N95有吗", "订单能取消吗", "酒店怎么退订", "对订单有疑问") and the wish to stay ("我不想退订")
are none. A bare D, Q or no is a vote as well: it refuses where a text that was sent asked for it, and where no text is
known. Any other short word or number refuses where a text asked for just that: the rules let a text do so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from campaign_app import assets
from campaign_app.compliance.engine import fold_table
from campaign_app.compliance.normalize import FoldTable
from campaign_app.compliance.opt_outs import find_opt_outs

WORDS: Final = frozenset(
    (
        *("unsubscribe", "cancel", "end", "stop", "stopall", "quit", "no", "退", "滚"),
        *("停", "停止", "退出", "不需要", "不需要了", "不接受", "不用了", "不要了", "不收了", "谢绝", "拒", "别烦我"),
        *("讨厌", "真讨厌", "讨厌死了", "烦透了", "烦透", "吵死了"),
        *("不同意", "注销", "删除我", "remove", "unsub"),
        *("好烦", "烦死", "烦死了", "烦人", "有完没完", "闭嘴", "闭嘴吧", "够了", "终止", "真烦", "滚蛋"),
        *("你们有完没完", "停掉吧", "停了吧", "能停了吗", "关了吧", "退了吧", "不订了", "不收", "我不收", "把我删了"),
        *(
            "好烦啊",
            "烦不烦",
            "滚开",
            "有完没完啊",
            "不再需要",
            "不感兴趣",
            "没兴趣",
            "不想看到",
            "关闭",
            "饶了我",
            "饶了我吧",
        ),
        # 退订 and 拒收 as a telephone hears them
        *("吹定", "吹订", "拒首", "拒售", "巨收", "聚收"),
        *("不是本人", "我不是本人", "号码不是本人", "发错人了", "你发错人了"),
        *("r", "rr", "t", "tt", "td", "tdd", "ttd", "dt", "n", "nn", "d", "q", "qx", "xq", "tui", "tuiding", "quxiao"),
        *("退t", "退td", "退d", "0000", "00000"),
    )
)
PHRASES: Final = (
    *("退订", "退定", "推订", "退阅", "退汀", "退仃", "退丁", "退顶", "退钉", "退籴", "腿订", "褪订", "推定", "对订"),
    *("取消", "拒收", "拒绝", "勿扰", "停发", "骚扰", "打扰", "投诉", "举报", "拉黑", "屏蔽", "拒接"),
    *("不再接收", "不想收", "不接收", "不要收", "不收短信", "不想再收", "不需要短信"),
    *("不再订阅", "不想订阅", "不同意接收", "撤回同意", "撤销同意", "谢绝", "垃圾短信", "垃圾信息", "别烦"),
    *("关闭推送", "关闭短信", "停止短信", "退ding", "tui订", "放过我", "求放过", "拒受", "距收"),
    *("unsubscribe", "optout", "stopsending", "donotsend", "dontsend", "donttext", "removeme", "nomore"),
    *("发错人", "到此为止"),
)
# none of the forms that marketing asks for most (OPT-008)
WHERE_ASKED: Final = frozenset({"d", "q", "no"})
# what a shop is asked for by the same characters; messages about these things may be refused
_BOOKED: Final = r"(?:酒店|民宿|客房|房间|机票|车票|火车票|门票|电影票|座位|餐位)"
_THING: Final = (
    rf"(?:订单|预约|预订|订座|退款|退货|快递|包裹|蛋糕|课程|外卖|安装|送货|配送|维修|保洁|试驾|试课|{_BOOKED})"
)
_NEWS: Final = r"(?:短信|消息|信息|通知|推送|订阅|广告|推广|提醒|提示|营销|宣传|推荐|服务)"
_OTHERWISE: Final = re.compile(
    rf"退定金|(?:怎么|怎样|如何)退订(?:了|掉|我的|这个)?{_BOOKED}(?!\w{{0,4}}?{_NEWS})"
    r"|退订(?:的)?(?:政策|规则|规定|条款|手续费|违约金|费(?=用|多少|怎么|几))|对订(?=[单座房货餐票])"
    r"|(?<![勿别不要老再])打扰(?:1下(?!午)|您?了?请问)"
    rf"|退订{_BOOKED}(?=要?(?:扣|收|付|交)|要钱|多少)(?!\w{{0,8}}?{_NEWS})"
    rf"|{_BOOKED}的?退订(?=怎么|如何|要|收|扣|能|吗)(?!\w{{0,8}}?(?:{_NEWS}|没|还|不了))"
    r"|举报有奖"
)
# to stay: one clause of its own, and whatever else is written beside it refuses. 不要退订 may be two refusals
_TO_STAY: Final = re.compile(
    r"(?<!\w)(?:我|我们|先|请|可|暂时|现在|还|千万|并){0,3}(?:不想|不打算|没想|没想过|没说|没说要|别)"
    r"(?:给我|帮我|把我)?(?:退订|取消订阅)(?:我|了|啊|呀|哦|的|短信|你们|会员){0,2}(?!\w)"
)
_ASKED_OF_IT: Final = re.compile(
    rf"{_THING}(?:(?!{_NEWS})\w){{0,4}}"
    r"(?:(?:可以|可否|能|怎么|怎样|如何|咋)(?:不能|不可以|否|才能|才可以)?取消(?:了|掉)?(?:吗|么|嘛|呢|啊|呀)?"
    r"|取消(?:了|掉)?(?:可以|行|成)?(?:吗|么|嘛))(?!\w)"
    rf"|{_BOOKED}(?:(?!{_NEWS})\w){{0,4}}(?:可以|可否|能|怎么|怎样|如何|咋)(?:不能|不可以|否|才能|才可以)?退订(?:了|掉)?"
    r"(?:吗|么|嘛|呢|啊|呀)?(?!\w)"
)
# what is to become of goods, and what became of an offer: within one clause, for "退订，货太差" refuses
_OF_GOODS: Final = re.compile(
    rf"(?:取消(?:了|掉|的|我|这个?|那个?|[昨今明后]天|[上下]午|刚才?|下|买|订){{0,4}}|(?:拒绝|拒收)(?:了|掉|我的|这个)?)"
    rf"{_THING}(?!\w{{0,4}}?(?:{_NEWS}|优惠|活动|邀|推))"
    r"|(?<!\w)(?:我的?|把|请|帮我|[昨今明后]天的?){0,3}(?:订单|这单|预约|预订|行程)(?:帮我|给我|请)?"
    r"取消(?:1下|了|吧|掉)?(?!\w)"
    r"|(?:订单|预约|预订)被取消|(?:活动|优惠券?|积分|行程|免单)取消了?(?:吗|么|嘛|没)"
    r"|(?<!\w)[这那][1两]?(?:[件双箱盒]|个(?:颜色|尺码|码|色))(?:就|先){0,2}(?:别|不要|不用)发(?:货|了){0,2}(?!\w)"
    rf"|(?:快递|包裹)(?:(?!{_NEWS})\w){{0,4}}拒收(?!\w{{0,4}}?{_NEWS})"
    r"|(?:[退推]订(?:单|货|金)|停发货)(?:了|吧)?(?:吗|呢)?(?!\w)"
    rf"|[退推]订单的(?:运费|退款|钱|快递费?)|拒收的那[单件]的?(?:什么时候)?退款(?:到账|到)?了?[吗么没]?(?!\w)"
    # to another place, and more quietly
    r"|(?:别|不要|勿)往(?:这|那|公司|单位|学校|老家)(?:儿|里|边)?[发寄送]了?\W{0,2}(?=(?:往|改?[发寄送]到?)(?:家|公司|单位|店|驿站|学校|老家|新?地址))"
    r"|(?<!\w)送货(?:时|的时候)?(?:别|不要)吵我(?!\w)"
    # no refusal is in 分别 where a clause begins with it, as one may be in 太过分别发
    r"|(?<!\w)(?:请|最好|麻烦|可以|能|要|就|我|都){0,3}分别[发寄送](?=[到往给来成货票0-9两几])|特别(?:发来|推荐)(?![了啦])"
)
_COURIER: Final = r"(?:顺丰|圆通|申通|中通|韵达|极兔|邮政|京东|德邦|ems)"
# behind 发, what a shop hands to a courier
_PARCEL: Final = rf"(?:票|货|错|快递|次品|地址|定位|[黑白红蓝绿黄紫粉灰]色|{_COURIER})(?!\w{{0,5}}?{_NEWS})"
_NO_MORE: Final = re.compile(
    r"(?:勿|别|不要|不用|不必|不许|莫|停止|禁止|勿要|唔好|甭|憋(?=[发再给来])|(?<!\w)(?:咪|[表麦](?=再发[了啦]|再发\Z|再给)))"
    r"(?:再|老|总|乱|瞎|继续|天天|每天|1直|整天|1天到晚)*(?:给(?:我[妈爸]|爸妈|老人|[我俺她他])|给|向我|对我)?(?:再|乱|瞎)?"
    rf"(?:群发|send|在发(?=[了啦啊吧]|短信|信息|\Z|谢)|发(?!{_PARCEL})"
    r"|推(?!迟|后)|传(?=了|来|送|简|讯|信|\Z)|打搅|来?[吵烦]我|来(?:短信|信息|消息)|联系(?!收件|快递))"
    r"|(?:勿|(?<![分特])别|不要|不许|莫|甭)再?(?:[往给向对](?:这个?|我的?(?:这[儿里边]?)?|我们|俺|老子|咱|本人|此)(?:手机|号码?)?[里上]?"
    rf"|整这[些个种]给[我俺])发(?![票货错券]|快递|[黑白红蓝绿黄紫粉灰]色|{_COURIER})"
    rf"|不再需要(?:你们?的?)?{_NEWS}(?!费)|终止(?:你们的?)?{_NEWS}|取下我的?(?:号码|手机)"
    rf"|(?:不需要|不愿意?|不用|不必|无需)再(?:发(?!{_PARCEL})|收到?(?:(?:你们?的?|任何|这[类种些]){{0,2}}{_NEWS}|(?=[了啦]?\Z)))"
    r"|(?:(?<!要)不要|不需要)(?:你们?的?|任何|这些)?(?:短信|信息|消息|广告|推销|推广|营销)(?!验证|码|链接)"
    r"|(?:不用|不要|别|勿|不必|无需)再通知了?\Z"
    r"|(?:勿|别|不要|莫)再?往(?:公司|单位|学校|老家)(?:儿|里|边)?发(?:了|短信|信息|消息|广告)"
    rf"|(?:怎么|怎样|如何|咋)(?:才)?(?:能|可以)?(?:让你们)?(?:不再?|别再?|停止)(?:收到?|接收|发|推送?)(?!到?(?:[货票运费钱税定押]|快递))"
    rf"|没必要再?发(?!{_PARCEL})|不(?:再)?(?:接收?|收|接受)(?:你们?的?|任何|这[类种些]){{0,2}}(?:短信|广告|推销|推广|营销|推送)(?!验证)"
    rf"|不想(?:知道|了解|听到?|再?看到?)(?:你们?|任何)|尊重\w{{0,3}}隐私|号码\w{{0,2}}(?:换|新)了?(?:主人|机主)"
    rf"|(?:中止|停止|终止)\w{{0,6}}?{_NEWS}|(?:号码?|手机号|本机)\w{{0,3}}(?:剔除|除名)"
    r"|对(?:你们?|贵)\w{0,4}?(?:不感兴趣|没(?:有)?兴趣)|发的(?:都|全|统统)(?:停|免|不要|算了)|(?<!\w)表发[了啦]?\Z"
    r"|(?:往后|以后|今后|下次)(?:都)?(?:甭|别|莫|不要|不用)再?来[了啦]?\Z|唔要[了啦]?\Z"
    r"|(?:活动|优惠|上新|促销)\w{0,4}(?:不用|别|不要|不必)再?(?:叫|喊|找|告诉|提醒|推荐)我?[了啦]?\Z"
    r"|(?<!到货)(?<!到货了)(?:以后(?:不用|别|不要)|(?:不用|不要|别|勿|不必|无需)再)通知[我俺](?!\w{0,4}?(?:送|取|放|到货|收件))"
    r"|[把将]我(?:的?(?:手机)?号码?)?(?:从\w{1,6}?[里中])?(?:去掉|去除|拉出|移出|移除|踢出|剔除|划掉)(?!\d)"
    rf"|名单[里中]?(?:去掉|移除|删除)我|谁[让叫]你们?发(?!货|的?{_COURIER})|没(?:有)?(?:同意过(?!\w)|授权你们)|不想再?看到你们|再发\w{{0,4}}报警|饶了我吧\w{{0,4}}发"
    r"|(?:关闭|关掉|停掉)(?:这个?|你们的?|所有的?)?(?:短信|消息|信息|推送|广告|推广|营销)"
    r"|(?<!怎么)(?<!如何)(?<!怎样)(?<!哪里)(?<!在哪)(?:关闭|关掉)(?:通知|提醒)(?!在哪|怎)"
    r"|(?:短信|(?<!订单)信息|推送|广告)(?:(?!说)\w){0,10}?停[了掉]吧?(?!\w)|发\w{0,12}能停了吗|(?:推销|广告|短信)的?(?:别|勿|不要)再?来"
    r"|(?<!\d)12321(?!\d)"
    r"|(?<![别用])(?<!不要)(?:删除?|删掉|移除)(?:掉|了|1下)?(?:我(?!的?(?:订单|评|收藏|购物|地址))|号码|手机号|电话)"
    r"|(?<![你们家])(?:号码|手机号|电话)\w?(?:删(?!了再)|移除)(?!\w{0,3}(?:怎么|不了))"
)
# a clause of its own that stops, or that scolds: 停掉吧, 停停停, 你烦不烦, 有病吧, 发什么发
_ENOUGH: Final = re.compile(
    r"(?<!\w)(?:请|麻烦|快|赶紧|赶快|给我|帮我|都|就|全){0,4}停(?:停{1,8}|掉|止|(?=吧|了吧|1?哈))1?哈?了?吧?(?!\w)"
    r"|(?<!\w)你们?(?:能|可以|能不能|可不可以)停(?:了|下来?|止|掉)?(?:吗|么|不)?(?!\w)"
    r"|(?<!\w)(?:你们?|真|太|好)?(?:烦不烦|吵死|别吵|滚远|打住|有完没完)(?:人|点|我|了|啊|呀|吧|哪){0,3}(?!\w)"
    r"|(?<!\w)(?:你们?|真的?|是不是)?(?:有病|神经病|有毛病|脑子有病)(?:吧|啊|呀|吗|么)?(?!\w)"
    r"|发(?:什么(?:发|短信|信息|广告|消息|鬼)(?!\w)|个(?:屁|毛|鬼|锤子|球)(?!\w)|你(?:妹|大爷))"
    r"|(?:有病|烦|够|大半夜|半夜3更|没完没了)\w{0,3}(?:天天|整天|老|1直|还)(?:给我)?发(?![货票])"
    r"|(?<!\w)(?:你们?|这|真的?|太|好|很|实在|已经){0,3}(?:烦透|受够)(?:了|啊|呀|你们?|的){0,3}\W*\Z"
    r"|(?<!\w)(?:已|直接)?(?:加入|拉入|拉进)黑名单(?!\w)"
    r"|消停(?:点|1?会儿?|1下)|歇(?:歇|会儿?)吧|有完没[完有了]|(?:别|莫|甭|少)(?:叨叨|逼逼|啰嗦|唠叨|废话|烦[我人])"
    r"|再(?:给我)?发(?:1?[个条次])?(?:试试|看看)|发\w{0,4}我(?:就)?骂|(?<!\w)请?(?:删除|移除|拉黑)(?:掉|吧|我)?(?!\w)"
    r"|(?:退|拒收?|回)(?:订|了|过)\w{0,4}(?:还|又)[再在]?(?:给我)?(?:发|来短信)(?![货票错])"
    r"|(?:为什么|为啥|咋|怎么)还[再在]?(?:给我)?发(?=短信|信息|广告|消息|了?(?!\w))"
    r"|(?<!\w)(?:我们?|咱们?|全家|家里|都|真的?|也|暂时|目前|现在|其实){0,4}(?:不需要|没需要|用不着|没兴趣|不感兴趣|不考虑)(?:了|啊|哈|的|哦){0,2}(?!\w)"
    r"|(?:后面|以后|之后|往后|下次)的?(?:短信|信息|消息|广告)?(?:就|都){0,2}(?:不要了?|免了|别了)(?!\w)"
)
# what the table of folding leaves, for it is no other writing of its own
_SIMPLE: Final = str.maketrans("覆", "复", "丶")
# a word of its own at the start: "TD谢谢", "r, 烦死了", "STOP please"; one letter needs a sign or a refusal's word
# behind it (T恤多少钱, N95有吗, R码有货吗)
_FIRST: Final = re.compile(
    r"[\W_]*(?:请|麻烦)?(?:回复?|发送?)?[\W_]*"
    r"(?!t[\W_]*(?:shirt|恤)|(?:td|qx)[\W_]*是(?:什么|啥)(?:意思)?(?!\w)|r&b|no[\W_]*(?:problem|worries|\d{1,2}(?!\d))|remove[\W_]*(?!\Z|me)"
    r"|cancel[\W_]*(?:(?:my|the|this)[\W_]*)?order(?![\W_]*(?:text|update|message|sms|alert)))"
    r"([a-z]{2,}(?![a-z0-9])|[a-z](?!\w)|[a-z](?=[谢烦别不勿退拒取停滚请]|[了啊吧呀](?!\w))|0{4,}(?!\w))"
)
_LAST: Final = re.compile(
    r"(?:(?<![a-z0-9])(?:td|tdd|qx|stop|tuiding|quxiao)|(?:好的?|嗯|哦|我)[\W_]*(?:r|t|td|n)"
    r"|(?<=[\W_])停)[\W_]*\Z"
)
# "都回R了还发", "已回复R"
_SAID: Final = re.compile(
    r"(?:(?:回复?|复)(?:了|过)?[\W_]*(?:[rtn]|td|qx)|发送?(?:了|过)?[\W_]*(?:r|td|qx))(?:\s*(?:了|过|还|怎么还|咋还|为[啥什]么?还|没用|没反应|无效|没效)|(?!\s*\w))"
)
_AGAIN: Final = re.compile(r"(?:r+|t+|n+|t+d+|(?:td)+|(?:qx)+|退+)\Z")
_POLITE: Final = re.compile(
    r"\A(?:您好|你好|麻烦|谢谢[你您]?|多谢|抱歉|不好意思)?请?(?:回复?)?|(?<=[^\Wa-z0-9])(?:谢谢[你您]?|谢了)\Z"
)
_NOISE: Final = re.compile(r"[\W_]+")
# one sign of it says as much, and what looks for a word behind any number of them would look as often
_RUN: Final = re.compile(r"([\W_])[\W_]+")
_SPACE: Final = re.compile(r"\s+")
# as long as the key of an opt-out may be (`compliance.opt_outs`)
_KEY: Final = re.compile(r"[a-z]{1,6}|[0-9]{1,5}")
_KEYS: Final = re.compile(r"[a-z]+|[0-9]+")


def is_opt_out(reply: str, sent: Iterable[str] = ()) -> bool:
    """Whether a reply refuses further messages; e.g. ＴＤ, "r。", 回复TD, 请退訂.

    `sent` are the texts that its person got lately.
    """
    said = _TO_STAY.sub("", _RUN.sub(r"\1", _simple(reply)))
    folded = _NOISE.sub("", said)
    word = _word(folded)
    if word in WHERE_ASKED:
        texts = tuple(sent)
        return not texts or any(word in _asked_for(text) for text in texts)
    if word in WORDS or _AGAIN.match(word) or _LAST.search(said) or _SAID.search(said):
        return True
    first = _FIRST.match(said)
    if first is not None and first[1] in WORDS:
        return True
    if _KEY.fullmatch(word) and any(word in _asked_for(text) for text in sent):
        return True
    about_news = _OF_GOODS.sub("", said)
    meant = _OTHERWISE.sub("", _NOISE.sub("", _ASKED_OF_IT.sub("", _SPACE.sub("", about_news))))
    return (
        _ENOUGH.search(about_news) is not None
        or _NO_MORE.search(meant) is not None
        or any(phrase in meant for phrase in PHRASES)
    )


def depends(reply: str) -> bool:
    """Whether it is for the texts that its person got to say what the reply means."""
    word = _word(_NOISE.sub("", _simple(reply)))
    return word in WHERE_ASKED or (word not in WORDS and _KEY.fullmatch(word) is not None)


def _simple(reply: str) -> str:
    """As the rules read a text: ì, a Cyrillic Т and 別 are what they stand for, and 一 is 1."""
    return _fold().text(unicodedata.normalize("NFKC", reply).casefold()).plain.translate(_SIMPLE)


def _fold() -> FoldTable:
    return fold_table(assets.path("tables", "fold.json"))


def _word(folded: str) -> str:
    return _POLITE.sub("", folded)


def _asked_for(text: str) -> frozenset[str]:
    """The words by which a text says that one may refuse."""
    return frozenset(word for found in find_opt_outs(_fold().text(text)) for word in _KEYS.findall(found.form))
