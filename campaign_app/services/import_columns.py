"""What the columns of a file mean: guessed from their names and values, settled by the user, never a consent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from campaign_app.domain.errors import SettingsError
from campaign_app.services.import_phones import read_phone

REF: Final = "ref"
PHONE: Final = "phone"
IGNORE: Final = "ignore"

# No import can change a consent, in either direction: such a column is named in the report and left alone.
_CONSENT: Final = re.compile(
    r"同意|授权|订阅|退订|拒收|许可|勿扰|允许(?:短信|发送|推送|营销|接收)|接收(?:短信|营销|推广|推送|通知)"
    r"|consent|subscri|opt[\s_-]?(?:in|out)\b|do[\s_-]?not[\s_-]?(?:call|contact|disturb|sms)|accepts?[\s_-]?(?:marketing|sms)"
    r"|marketing[\s_-]?(?:permission|allowed|state|ok)|gdpr|\bdnc\b"
)
_SENSITIVE: Final = re.compile(r"身份证|证件号|护照|银行卡|卡号|密码|id[\s_-]?card|passport|password|bank")
REF_NAMES: Final = (
    *("客户标识", "客户id", "客户编号", "会员id", "会员编号", "会员号", "会员标识", "买家id", "买家标识"),
    *("用户id", "用户标识", "用户编号", "ouid", "openuid", "openid", "buyeropenuid", "buyerid", "customerref"),
    *("customerid", "memberid", "userid", "uid", "gid", "ref", "id", "编号"),
)
PHONE_NAMES: Final = (
    *("手机号", "手机号码", "手机", "会员手机", "客户手机", "收货手机", "收货人手机", "移动电话", "联系电话"),
    *("电话号码", "电话", "联系方式", "mobile", "mobilephone", "mobilenumber", "phone", "phonenumber"),
    *("cellphone", "cell", "tel", "telephone", "msisdn"),
)
_ATTRIBUTE_NAMES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("姓名", "客户姓名", "会员姓名", "名字", "name", "fullname", "customername"), "name"),
    **dict.fromkeys(("省份", "省", "所在省", "所在省份", "province", "state"), "province"),
    **dict.fromkeys(("城市", "市", "所在城市", "所在市", "city"), "city"),
}
_MANY: Final = 0.8
_SOME: Final = 0.5
KEY_MAX: Final = 64


@dataclass(frozen=True, slots=True)
class Column:
    """`target` is ref, phone, ignore or the attribute's key.

    `reason` says where that comes from: chosen, name, values; or why it is ignored: consent, sensitive, second_key,
    phone_like, unnamed.
    """

    index: int
    name: str
    target: str
    reason: str

    @property
    def is_attribute(self) -> bool:
        return self.target not in (REF, PHONE, IGNORE)


def map_columns(
    header: Sequence[str], sample: Sequence[Sequence[str]], chosen: Mapping[str, str]
) -> tuple[Column, ...]:
    """As `guess_columns`, and an import can go by them; else SettingsError: column_twice, no_key_column."""
    columns = guess_columns(header, sample, chosen)
    problem = problem_of(columns)
    if problem is not None:
        raise problem
    return columns


def guess_columns(
    header: Sequence[str], sample: Sequence[Sequence[str]], chosen: Mapping[str, str]
) -> tuple[Column, ...]:
    """One Column per column. `chosen` (column name → target) wins over every guess but the one of a consent.

    Raises SettingsError: unknown_column, consent_column, bad_target.
    """
    wanted = {fold(name): target.strip() for name, target in chosen.items()}
    _check_chosen(header, chosen, wanted)
    values = [tuple(row[i].strip() for row in sample if row[i].strip()) for i in range(len(header))]
    taken = {target for target in wanted.values() if target in (REF, PHONE)}
    best = {
        REF: None if REF in taken else _best(header, wanted, REF_NAMES),
        PHONE: None if PHONE in taken else (_best(header, wanted, PHONE_NAMES) or _by_values(header, wanted, values)),
    }
    return tuple(_column(i, name, values[i], wanted, best) for i, name in enumerate(header))


def is_consent(name: str) -> bool:
    return bool(_CONSENT.search(unicodedata.normalize("NFKC", name).casefold()))


def _column(
    index: int, name: str, values: Sequence[str], wanted: Mapping[str, str], best: Mapping[str, str | None]
) -> Column:
    folded = fold(name)
    if is_consent(name):
        return Column(index, name, IGNORE, "consent")
    if folded in wanted:
        return Column(index, name, wanted[folded], "chosen")
    for target, winner in best.items():
        if name and name == winner:
            return Column(index, name, target, "name" if folded in (*REF_NAMES, *PHONE_NAMES) else "values")
    reason = _ignored(name, values)
    if reason:
        return Column(index, name, IGNORE, reason)
    return Column(index, name, _ATTRIBUTE_NAMES.get(folded, name), "name")


def _ignored(name: str, values: Sequence[str]) -> str:
    """Why a column that is no key is not kept as an attribute either; numbers would stand there in the open."""
    if not name:
        return "unnamed"
    if fold(name) in PHONE_NAMES:
        return "second_key"
    if share_of_phones(values) >= _SOME:
        return "phone_like"
    return "sensitive" if _SENSITIVE.search(unicodedata.normalize("NFKC", name).casefold()) else ""


def _best(header: Sequence[str], wanted: Mapping[str, str], names: Sequence[str]) -> str | None:
    """The column whose name stands first in the list."""
    free = {fold(name): name for name in header if fold(name) not in wanted and not is_consent(name)}
    return next((free[name] for name in names if name in free), None)


def _by_values(header: Sequence[str], wanted: Mapping[str, str], values: Sequence[Sequence[str]]) -> str | None:
    free = [i for i, name in enumerate(header) if name and fold(name) not in wanted and not is_consent(name)]
    shares = {i: share_of_phones(values[i]) for i in free}
    winner = max(free, key=lambda i: shares[i], default=None)
    return header[winner] if winner is not None and shares[winner] >= _MANY else None


def share_of_phones(values: Sequence[str]) -> float:
    return sum(read_phone(value)[0] is not None for value in values) / len(values) if values else 0.0


def _check_chosen(header: Iterable[str], chosen: Mapping[str, str], wanted: Mapping[str, str]) -> None:
    known = {fold(name) for name in header if name}
    for name, target in chosen.items():
        if fold(name) not in known:
            raise SettingsError("unknown_column", "The file has no column of this name", column=name)
        if is_consent(name) and wanted[fold(name)] != IGNORE:
            raise SettingsError("consent_column", "No import can change a consent", column=name)
        if is_consent(target) or not 0 < len(target.strip()) <= KEY_MAX:
            raise SettingsError("bad_target", "A column cannot be kept under this name", column=name, field=target)


def problem_of(columns: Sequence[Column]) -> SettingsError | None:
    """Why no import can go by these columns: column_twice, no_key_column."""
    targets = [column.target for column in columns if column.target != IGNORE]
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice is not None:
        return SettingsError("column_twice", "Two columns stand for the same field", field=twice)
    if not {REF, PHONE} & set(targets):
        return SettingsError("no_key_column", "No column holds a customer id or a phone number")
    return None


def fold(name: str) -> str:
    return re.sub(r"[\s_\-:：.()（）]+", "", unicodedata.normalize("NFKC", name).casefold())
