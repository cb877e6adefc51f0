"""The workspace's settings, declared once: type, default, limits and what they mean in both languages.

Sending without a confirmed consent is no setting, and no value here comes near it: however old a fact may be at
screening, every fact older than `batch_reread_minutes` is read again before its batch leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Any, Final

from campaign_app.domain.errors import SettingsError

Value = int | time


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as data, for forms, help and documentation."""

    zh: str
    en: str
    low: int | None = None
    high: int | None = None
    name: str = ""
    default: Value = 0

    @property
    def is_switch(self) -> bool:
        """Whether it is only on (1) or off (0)."""
        return (self.low, self.high) == (0, 1)


def _setting(default: Any, zh: str, en: str, **limits: Any) -> Any:
    return field(default=default, metadata={"declared": Declared(zh, en, default=default, **limits)})


@dataclass(frozen=True, slots=True)
class Settings:
    max_consent_age_minutes: int = _setting(
        1440,
        "核验时同意记录的最长时效（分钟）",
        "Greatest age of consent records at screening, in minutes",
        low=1,
        high=10_080,
    )
    max_signature_age_hours: int = _setting(
        24,
        "签名报备情况的最长时效（小时），超过按报备不明处理",
        "Greatest age of what is known of a signature's filing, in hours; what is older counts as unknown",
        low=1,
        high=168,
    )
    batch_reread_minutes: int = _setting(
        10,
        "每批发送前，超过此分钟数的同意记录重新读取",
        "Consent records older than this many minutes are read again before each batch",
        low=0,
        high=10,
    )
    batch_size: int = _setting(500, "每批提交的条数", "Messages per batch", low=1, high=500)
    window_opens: time = _setting(  # noqa: RUF009  a time is immutable
        time(8), "每天最早发送时间", "Earliest time of day to send"
    )
    window_closes: time = _setting(  # noqa: RUF009
        time(22), "每天最晚发送时间（最后一条）", "Latest time of day to send, for the last message"
    )
    house_cap_per_week: int = _setting(
        1,
        "同一主体每号每 7 天最多几条，0 为不限",
        "Messages per person and entity in 7 days, 0 for no cap",
        low=0,
        high=50,
    )
    house_cap_per_month: int = _setting(
        4,
        "同一主体每号每 30 天最多几条，0 为不限",
        "Messages per person and entity in 30 days, 0 for no cap",
        low=0,
        high=200,
    )
    complaints_per_10000: int = _setting(
        10,
        "每发出 1 万条收到的投诉超过几件，就自动暂停活动",
        "Complaints per 10,000 messages above which a campaign pauses by itself",
        low=1,
        high=100,
    )
    approval_by_another: int = _setting(
        0,
        "活动由另一人批准：最后改动文案、签名、受众或用途的人不能自己批准",
        "Another person approves a campaign: whoever last changed its text, signature, audience or purpose may not",
        low=0,
        high=1,
    )
    tests_per_day: int = _setting(
        20,
        "每个主体每天最多几条测试短信",
        "Test messages of an entity in a day",
        low=0,
        high=100,
    )
    sync_every_minutes: int = _setting(
        60,
        "每隔多少分钟自动同步各账户的客户，0 为不自动",
        "Minutes between syncs of each account's customers by itself, 0 for none",
        low=0,
        high=10_080,
    )
    changes_every_minutes: int = _setting(
        10,
        "每隔多少分钟读取同意变更，0 为不自动（每批发送前总会读取）",
        "Minutes between readings of changed consents, 0 for none; before each batch they are read in any case",
        low=0,
        high=1_440,
    )

    lookback_every_days: int = _setting(
        30,
        "每隔多少天自动回头看一次，0 为不自动",
        "Days between look-backs by themselves, 0 for none",
        low=0,
        high=366,
    )
    lookback_days: int = _setting(
        180,
        "自动回头看多少天内发出的短信",
        "How many days of sent messages a look-back by itself goes over",
        low=1,
        high=3_660,
    )
    keep_replies_days: int = _setting(
        1095,
        "客户回复的原文和号码保留多少天",
        "Days for which the words and numbers of replies are kept",
        low=184,
        high=36_500,
    )
    keep_imports_days: int = _setting(
        365,
        "导入文件中的个人资料保留多少天，之后不能撤销导入",
        "Days for which what files said of people is kept; after that an import cannot be undone",
        low=30,
        high=36_500,
    )
    keep_tests_days: int = _setting(
        1095,
        "测试短信的记录保留多少天",
        "Days for which test messages are kept",
        low=184,
        high=36_500,
    )
    keep_lookbacks_days: int = _setting(
        1095,
        "回头看的逐条明细保留多少天（各项条数一直保留）",
        "Days for which the rows of look-backs are kept; their counts always are",
        low=184,
        high=36_500,
    )
    keep_closed_cases_days: int = _setting(
        184,
        "投诉结案后，所涉的回复和回头看明细至少再留多少天；结案前不清理",
        "Days for which what a complaint case needs of replies and look-backs stays after it is closed",
        low=0,
        high=36_500,
    )

    def __post_init__(self) -> None:
        for declared in DECLARED:
            _check(declared, getattr(self, declared.name))
        if self.window_opens >= self.window_closes:
            raise SettingsError("setting_window", "window_opens must be before window_closes")


DECLARED: Final[tuple[Declared, ...]] = tuple(
    replace(known.metadata["declared"], name=known.name) for known in fields(Settings)
)
NAMES: Final = tuple(declared.name for declared in DECLARED)
_BY_NAME: Final[Mapping[str, Declared]] = {declared.name: declared for declared in DECLARED}


def load(stored: Callable[[str, Any], Any]) -> Settings:
    """What the workspace stores, by its `setting(name, default)`; the default where it stores nothing.

    Raises SettingsError for a value that this version does not take.
    """
    values = {name: stored(name, None) for name in NAMES}
    return with_values(Settings(), {name: value for name, value in values.items() if value is not None})


def with_values(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """`settings` with some values replaced, each as typed by a person, stored as JSON, or already of its type."""
    parsed: dict[str, Any] = {name: parse(name, value) for name, value in values.items()}
    return replace(settings, **parsed)


def parse(name: str, value: object) -> Value:
    """The value of one setting. Raises SettingsError."""
    declared = _BY_NAME.get(name)
    if declared is None:
        raise SettingsError("setting_unknown", f"there is no setting {name!r}", name=name)
    parsed = _of_type(declared, value)
    _check(declared, parsed)
    return parsed


def to_stored(value: Value) -> int | str:
    """The JSON form of a value; `parse` reads it back."""
    return value.isoformat("minutes") if isinstance(value, time) else value


def _of_type(declared: Declared, value: object) -> Value:
    kind = type(declared.default)
    if type(value) is kind:
        return value
    if isinstance(value, str):
        try:
            return _time(value) if kind is time else int(value)
        except ValueError:
            pass
    raise SettingsError("setting_type", f"{declared.name} takes {_WANTED[kind]}", name=declared.name)


def _time(written: str) -> time:
    hours, _, minutes = written.replace("：", ":").partition(":")  # which is what a Chinese keyboard writes
    return time(int(hours), int(minutes))


_WANTED: Final[Mapping[type, str]] = {int: "a whole number", time: "a time such as 08:00"}


def _check(declared: Declared, value: Value) -> None:
    if type(value) is not type(declared.default):
        raise SettingsError(
            "setting_type", f"{declared.name} takes {_WANTED[type(declared.default)]}", name=declared.name
        )
    if isinstance(value, int) and not _within(declared, value):
        raise SettingsError(
            "setting_range", f"{declared.name} is from {declared.low} to {declared.high}", name=declared.name
        )


def _within(declared: Declared, value: int) -> bool:
    return (declared.low is None or value >= declared.low) and (declared.high is None or value <= declared.high)
