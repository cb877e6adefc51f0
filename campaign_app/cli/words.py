"""What the command line says: one Chinese sentence per error code; anything else speaks for itself."""

from __future__ import annotations

import sys
from typing import Final, NoReturn

from campaign_app.domain.errors import AppError

BAD_USAGE: Final = 2

_WORDS: Final = {
    "wrong_key": "密钥与工作区不符，文件未改动。请确认钥匙串属于创建此工作区的用户。",
    "wrong_passphrase": "口令不正确，文件未改动。",
    "no_keychain": "找不到系统钥匙串，请改用 --passphrase-file 提供口令。",
    "no_key": "钥匙串里没有此工作区的密钥，文件未改动；不会新建或以明文打开。",
    "in_use": "工作区正被另一个程序使用，请先关闭它。",
    "not_a_workspace": "这里不是允发的工作区，文件未改动。",
    "newer_workspace": "工作区由更新版本的允发创建，请先升级本程序。",
    "damaged": "工作区文件已损坏，未作任何改动，请从备份恢复。",
    "disk_full": "磁盘已满，本次操作没有改动任何内容。请清理磁盘后重试。",
    "self_issued": "同意记录的出具方与发送主体是同一家：商家不能自己证明自己的名单。",
    "insecure_url": "平台地址必须是 https（本机地址除外）。",
    "unreachable": "连不上平台，请检查网络和地址后重试；没有发送任何短信。",
    "platform_unavailable": "平台多次没有响应，任务已停下，已完成的部分保留，可稍后重试。",
    "clock_skew": "本机时间与平台相差过大，请校准系统时间。",
    "bad_signature": "平台不认可此账户的密钥，请核对账户标识和私钥。",
    "unknown_key": "平台没有登记这个账户标识。",
    "account_disconnected": "该账户已断开，请重新连接。",
    "block_findings": "文案有必须修改的合规问题（{rules}），不能发送。",
    "warnings_unconfirmed": "还有合规提醒未经人工确认：{rules}。",
    "recipient_count": "输入的人数与核验结果（{screened} 人）不一致，未批准。",
    "nobody": "核验后没有可发送的客户。",
    "approval_void": "批准之后文案、受众或规则有变化，请重新核验并批准。",
    "quiet_hours": "营销短信只能在北京时间 8:00–22:00 之间发送。",
    "in_the_past": "发送时间已经过去，请重新选择。",
    "campaign_state": "活动当前的状态不允许这样操作。",
    "campaign_running": "活动正在核验或发送，不能修改。",
    "no_worker": "没有正在运行的工作进程，任务没有开始。请先启动 campaign-app worker。",
}


def say(error: AppError) -> str:
    """The sentence for a person."""
    words = _WORDS.get(error.code)
    return words.format_map({k: str(v) for k, v in error.facts.items()}) if words else str(error)


def fail(sentence: str, status: int = BAD_USAGE) -> NoReturn:
    """One sentence on stderr, and the end."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(status)
