"""What the command line says: one Chinese sentence per error code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final, NoReturn

from campaign_app.domain.errors import AppError

BAD_USAGE: Final = 2

WORKSPACE: Final = {
    "wrong_key": "密钥与工作区不符，文件未改动。请确认钥匙串属于创建此工作区的用户。",
    "wrong_passphrase": "口令不正确，文件未改动。",
    "passphrase_short": "口令太短，请至少用 8 个字符。",
    "passphrase_file": "读不到口令文件，或文件为空。",
    "passphrase_file_open": "口令文件能被其他用户读取，请改为仅本人可读（chmod 600）。",
    "no_keychain": "找不到可用的系统钥匙串，请用 --passphrase-file 提供口令；密钥不会以明文保存。",
    "keychain_locked": "系统钥匙串已锁定，请解锁后重试。",
    "key_missing": "钥匙串里没有此工作区的密钥，文件未改动；不会新建工作区，也不会以明文打开。",
    "handed_key": "父进程交来的密钥只能打开工作区，不能新建。",
    "other_keeper": "此工作区的密钥保存在别处，请换用创建时的方式打开。",
    "in_use": "工作区正被另一个程序使用，请先关闭它。",
    "not_a_workspace": "这里不是允发的工作区，文件未改动。可用 campaign-app create 新建。",
    "newer_workspace": "工作区由更新版本的允发创建，请先升级本程序，文件未改动。",
    "damaged": "工作区文件已损坏，未作任何改动，请从备份恢复。",
    "folder_in_use": "文件夹不是空的，不能在这里新建工作区。",
    "cannot_create": "无法在这里新建工作区，请检查磁盘空间和权限。",
    "disk_full": "磁盘已满，本次操作没有改动任何内容。请清理磁盘后重试。",
    "disk_error": "磁盘报告错误，本次操作没有改动任何内容。",
    "read_only": "工作区不可写，请检查权限。",
    "busy": "工作区正忙，请稍后重试。",
    "no_hard_flush": "此磁盘不能可靠地写入，工作区不能放在这里。",
    "log_file": "无法写日志文件，请检查权限和磁盘。",
    "asset_missing": "程序文件不完整，请重新安装。",
    "rule_pack": "合规规则文件有误：{where} {reason}",
    "profile": "“{what}”不能用作行业、服务商或域名。",
    "rule_blocks": "这条规则会阻止发送，不能停用。",
    "no_such_rule": "没有这条规则，或它没有被停用。",
    "no_reason": "停用规则需要写明理由。",
    "template_syntax": "模板不能按这种变量写法转换：{what}",
    "child_failed": "辅助进程没有启动成功，上面一行是它给出的原因。",
}
REMOTE: Final = {
    "unreachable": "连不上平台，请检查网络和地址后重试；没有发送任何短信。",
    "timeout": "平台没有及时回答，可稍后重试。",
    "connection_cut": "与平台的连接中断，可稍后重试。",
    "throttled": "平台要求放慢请求，请稍后重试。",
    "too_early": "平台要求稍后再试。",
    "server_error": "平台出错，可稍后重试。",
    "unavailable": "平台暂时不可用，可稍后重试。",
    "in_progress": "平台还在处理上一次请求，请稍后重试。",
    "replayed": "平台认为请求重复，请稍后重试。",
    "tls": "平台的证书无效或加密失败，未交换任何数据。",
    "redirected": "平台把请求指向别的地址，已停止。",
    "contract_broken": "平台的回答不符合约定，未采用其中任何内容。",
    "answer_too_large": "平台的回答过大，已停止读取。",
    "bad_request": "平台不接受这个请求。",
    "refused": "平台拒绝了这个请求。",
    "not_found": "平台上没有这一项。",
    "unauthorized": "平台不认可此账户的签名，请核对账户标识和私钥。",
    "permission": "此账户没有权限，请在平台上开通后重试。",
    "balance": "账户余额不足。",
    "proxy_auth": "网络代理要求登录。",
    "bad_signature": "平台不认可此账户的签名，请核对私钥。",
    "unknown_key": "平台没有登记这个账户标识。",
    "clock_skew": "本机时间与平台相差过大，请校准系统时间。",
    "cursor_loop": "平台的列表没有尽头，已停止；已收到的内容保留。",
    "schema_drift": "平台的接口版本与本程序不符，请升级本程序。",
    "not_connected": "平台的回答不足以建立连接。",
    "self_issued": "同意记录的出具方与发送主体是同一家：商家不能自己证明自己的名单。",
    "own_issuer": "同意记录的出具方与发送主体是同一家：商家不能自己证明自己的名单。",
    "insecure_url": "平台地址必须是 https（本机地址除外）。",
    "bad_url": "平台地址无效。",
    "bad_private_key": "私钥无效：应为 base64url 编码的 32 字节 Ed25519 私钥。",
    "unknown_platform": "还不支持这个平台。",
    "bad_ref": "客户标识无效。",
    "other_campaign": "这条短信属于另一个活动。",
    "simulated_fact": "模拟的同意记录不能用于真实发送。",
    "sender_without_keys": "此发送通道无法查询短信结果，为免重复发送，不能使用。",
    "opt_out_not_recorded": "平台没有记下这次退订，请稍后重试。",
    "account_disconnected": "该账户已断开，请重新连接。",
    "account_exists": "这个账户已经连接过了。",
    "platform_unavailable": "平台多次没有响应，任务已停下，已完成的部分保留，可稍后重试。",
}
CAMPAIGN: Final = {
    "block_findings": "文案有必须修改的合规问题（{rules}），不能发送。",
    "warnings_unconfirmed": "还有合规提醒未经人工确认：{rules}。",
    "recipient_count": "输入的人数与核验结果（{screened} 人）不一致，未批准。",
    "nobody": "核验后没有可发送的客户。",
    "approval_void": "批准之后文案、受众或规则有变化，请重新核验并批准。",
    "quiet_hours": "营销短信只能在北京时间 8:00–22:00 之间发送。",
    "in_the_past": "发送时间已经过去，请重新选择。",
    "bad_time": "看不懂发送时间，或缺少时区，例如 2026-11-10T10:00:00+08:00。",
    "campaign_state": "活动当前的状态不允许这样操作。",
    "campaign_running": "活动正在核验或发送，不能修改。",
    "campaign_account": "活动的店铺账户不属于同一主体。",
    "already_submitted": "活动已有短信发出，受众不能再改。",
    "bad_field": "受众条件里有不能用的字段。",
    "audience_filter": "看不懂受众条件。",
    "segment_name": "请给人群起个名字。",
    "lift_kind": "投诉和未成年人的拒收不能解除。",
    "lift_older": "新的同意早于拒收，不能解除。",
    "lift_other_person": "这份同意不是此人的，不能解除拒收。",
    "lift_unconfirmed": "没有平台确认的新同意，不能解除拒收。",
    "lift_reviewer": "解除拒收需要复核人。",
    "account": "没有这个账户。",
    "audience": "没有这个人群。",
    "campaign": "没有这个活动。",
    "customer": "没有这个客户。",
    "entity": "没有这个主体。",
    "fact": "没有这条同意记录。",
    "import": "没有这次导入。",
    "job": "没有这个任务。",
    "job_slow": "任务在限定时间内没有完成，仍在继续。",
    "no_worker": "工作进程已停止，任务没有继续；已完成的部分保留。请重新启动 campaign-app worker。",
    "bug": "程序内部错误，任务已停下，详情见日志；请报告。",
    "demo_failed": "有人被重复发送，或未经确认就收到短信：这是程序的错误，请报告。",
    "demo_stopped": "演示没有走到底，停在：{state}（{note}）。",
    "clock_offset": "只有演示可以调整时钟。",
}
FILES: Final = {
    "no_file": "读不到文件 {file}。",
    "bad_file": "文件 {file} 不能用：{reason}",
    "setting_type": "设置 {name} 的值类型不对。",
    "setting_choice": "设置 {name} 不在可选范围内。",
    "setting_range": "设置 {name} 超出允许范围。",
    "setting_unknown": "没有名为 {name} 的设置。",
    "setting_window": "最早发送时间必须早于最晚发送时间。",
    "column_twice": "同一列被指定了两次。",
    "consent_column": "导入不能改变同意：这一列不能使用。",
    "duplicate_header": "表头有重名的列。",
    "file_bomb": "文件解压后过大，已拒绝。",
    "file_broken": "文件已损坏，无法读取。",
    "file_changed": "文件在预览之后变了，请重新预览。",
    "file_empty": "文件是空的。",
    "file_missing": "找不到要导入的文件。",
    "file_no_rows": "文件只有表头，没有数据。",
    "file_unreadable": "文件无法读取。",
    "header_unreadable": "看不懂表头。",
    "import_state": "这次导入的状态不允许这样操作。",
    "import_unfinished": "同一文件的上一次导入还没有结束。",
    "no_key_column": "文件里既没有客户标识，也没有手机号。",
    "not_xlsx": "不是有效的 XLSX 文件。",
    "too_many_columns": "列太多。",
    "unknown_column": "文件里没有这一列。",
    "unknown_delimiter": "不支持这种分隔符。",
    "unknown_encoding": "不支持这种编码。",
    "unknown_sheet": "没有这个工作表。",
    "xls_old": "旧版 .xls 文件请先另存为 .xlsx。",
    "xlsx_encrypted": "文件有密码保护，请去掉密码后重试。",
    "account_needed": "有多个店铺账户（{accounts}），请用 --account 指定一个。",
    "bad_column_option": "--column 的写法是 列名=字段，例如 --column 手机号=phone。",
    "bad_target": "这一列不能用这个字段名保存。",
    "file_or_undo": "请给出一个要导入的文件，或用 --undo 给出要撤销的导入编号。",
}
WORDS: Final[Mapping[str, str]] = {**WORKSPACE, **REMOTE, **CAMPAIGN, **FILES}


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def say(error: AppError) -> str:
    """The sentence for a person; an error without one speaks for itself."""
    words = WORDS.get(error.code)
    return words.format_map(_Known({k: str(v) for k, v in error.facts.items()})) if words else str(error)


def fail(sentence: str, status: int = BAD_USAGE) -> NoReturn:
    """One sentence on stderr, and the end."""
    sys.stderr.write(f"{sentence}\n")
    raise SystemExit(status)
