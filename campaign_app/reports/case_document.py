"""The document of a complaint: what was complained of, and what proves that the message was allowed. In Chinese: it is
handed to an authority.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from campaign_app.domain.complaint import Action, CaseNote
from campaign_app.domain.signature import SignatureReport
from campaign_app.reports.case_facts import CaseFacts
from campaign_app.reports.document import Block, Column, Cover, Document, Facts, Items, Paragraph, Section, Style, Table
from campaign_app.services.window import BEIJING
from campaign_app.words import Words, load

NONE: Final = "无"
_FILES: Final = {
    "evidence.yunfa": "这一个人的证据：平台的同意回执、短信原文与结果、批准、审计链，可独立验证",
    "case.json": "本材料的全部内容，供程序读取",
}


def document(facts: CaseFacts, evidence_sha256: str) -> Document:
    words = load("zh_CN")
    case, entity = facts.case, facts.entity
    title = "短信投诉举证材料"
    return Document(
        title=title,
        made_at=facts.made_at,
        cover=Cover(
            title=title,
            subtitle=f"投诉 {case.number or f'#{case.id}'}",
            facts=(
                ("短信发送方", entity.name),
                ("统一社会信用代码", entity.uscc),
                ("投诉来源", words.term("complaint_source", case.source)),
                ("收到日期", _day(case.received_at)),
            ),
            issuer=entity.name,
            date=_day(facts.made_at),
        ),
        sections=(
            _complaint(facts, words),
            _proven(facts, words),
            _consent(facts, words),
            _message(facts, words),
            _signature(facts, words),
            _approval(facts, words),
            _handling(facts, words),
            _audit(facts, words),
            _checking(facts, evidence_sha256),
        ),
        header=entity.name,
        author=entity.name,
        contents=False,
    )


def _complaint(facts: CaseFacts, words: Words) -> Section:
    case, due = facts.case, facts.answer_by
    law = due.timer.law + ("：从未生效，只作内部期限" if due.timer.draft else "")
    law += "" if due.timer.verified else "；条文未与原文核对"
    if due.guessed:
        law += f"；{'、'.join(map(str, due.guessed))} 年的节假日安排未公布，只按周末计算"
    pairs = (
        ("投诉编号", case.number or NONE),
        ("来源", f"{words.term('complaint_source', case.source)}（{words.term('complaint_way', case.way)}）"),
        ("投诉人", case.who or "号码已删除"),
        ("投诉时间", _moment(case.made_at)),
        ("收到时间", _moment(case.received_at)),
        ("投诉内容", case.text or NONE),
        ("被诉端口", case.port or NONE),
        ("被诉签名", case.signature or NONE),
        ("应答复日期", f"{due.day.isoformat()}（收到后 {due.timer.days} 个工作日）"),
        ("期限依据", law),
        ("状态", words.term("complaint_state", case.state)),
        ("负责人", case.owner or NONE),
    )
    return Section("投诉", (Facts(pairs),))


def _proven(facts: CaseFacts, words: Words) -> Section:
    """Only what the records say, with whose word each is."""
    proof, message, consent = facts.proof, facts.message, facts.consent
    whose = "平台以数字签名确认" if proof.signed else "平台的回答没有数字签名，以下为发送方所记"
    status = NONE if consent is None else words.term("consent_status", consent.status)
    since = "" if consent is None or consent.obtained_at is None else f"，取得于 {_moment(consent.obtained_at)}"
    approval, outcome = proof.header["approval"], message.outcome or "unknown"
    told = (
        f"同意：{whose}，状态为“{status}”{since}。",
        f"发送：短信于 {_moment(message.sent_at)} 提交，结果为“{words.term('outcome', outcome)}”。",
        f"批准：由 {approval['by'] or NONE} 于 {_ms(approval['at'])} 批准，规则包版本 {approval['rules']}。",
        f"停止：投诉于 {_moment(facts.case.entered_at)} 登记，投诉人同时加入 {facts.entity.name} 的拒收名单。",
    )
    blocks: list[Block] = [Items(told)]
    if any(each.get("simulated") for each in proof.header["platforms"]):
        blocks.append(Paragraph("平台是模拟的：本材料只供演示，不能当作真实的证据。", Style.WARNING))
    return Section("要点", tuple(blocks))


def _consent(facts: CaseFacts, words: Words) -> Section:
    consent, proof = facts.consent, facts.proof
    if consent is None:
        return Section("同意记录", (Paragraph("同意记录已不在工作区里，见 evidence.yunfa。", Style.WARNING),))
    issuer = "" if consent.evidence is None else consent.evidence.issuer_uscc
    named = next((each["issuer_name"] for each in proof.header["platforms"] if each["issuer"] == issuer), "")
    pairs = (
        ("状态", words.term("consent_status", consent.status)),
        ("方式", words.term("consent_method", consent.method)),
        ("渠道", words.term("channel", consent.channel)),
        ("用途", "、".join(words.term("purpose", each) for each in sorted(consent.purposes)) or NONE),
        ("同意对象（主体）", consent.entity_uscc or NONE),
        ("签发方", f"{named} {issuer}".strip() or NONE),
        ("取得时间", _or_none(consent.obtained_at)),
        ("到期时间", _or_none(consent.expires_at)),
        ("撤回时间", _or_none(consent.withdrawn_at)),
        ("平台核查时间", _or_none(consent.checked_at)),
        ("回执", "平台 Ed25519 签名，见 evidence.yunfa" if proof.signed else "平台不提供签名回执"),
    )
    return Section("同意记录", (Facts(pairs),))


def _message(facts: CaseFacts, words: Words) -> Section:
    record, message = facts.proof.record, facts.message
    pairs = (
        ("活动", f"{message.campaign}（编号 {message.campaign_id}）"),
        ("签名", f"【{message.signature}】" if message.signature else NONE),
        ("提交时间", _moment(message.sent_at)),
        ("短信编号", str(record["message"])),
        ("短信原文", str(record["text"])),
    )
    rows = [
        (_ms(at), words.term("outcome", outcome), code or NONE, provider or NONE)
        for outcome, code, provider, at in record["outcomes"]
    ]
    columns = (Column("时间", 1.4), Column("结果"), Column("通道的代码"), Column("通道的编号", 1.6))
    return Section("短信原文与送达回执", (Facts(pairs), Table(columns, rows, "送达回执", empty="还没有回执")))


def _signature(facts: CaseFacts, words: Words) -> Section:
    columns = (Column("", 0.8), Column("发送时", 1.6), Column("现在", 1.6))
    then, now = _filed(facts.filing_then, words), _filed(facts.filing_now, words)
    names = ("审核", "运营商报备", "所有者", "可用于", "有效期至", "端口", "由谁说明", "报告时间")
    return Section("签名报备", (Table(columns, list(zip(names, then, now, strict=True)), "签名的报备情况"),))


def _filed(report: SignatureReport | None, words: Words) -> tuple[str, ...]:
    if report is None:
        return ("没有报告", *(["–"] * 7))
    said = report.signature
    carrier = {True: "已报备", False: "未报备", None: "没有说明"}[said.carrier_filed]
    return (
        words.term("signature_status", said.status),
        carrier,
        said.owner_uscc or said.owner_name or NONE,
        "、".join(words.term("purpose", scope) for scope in said.scopes) or NONE,
        said.valid_until.isoformat() if said.valid_until else "没有期限",
        said.port or NONE,
        "发送方自行登记" if said.stated else "平台或通道",
        _moment(report.seen_at) + ("（其后不再报告）" if report.gone else ""),
    )


def _approval(facts: CaseFacts, words: Words) -> Section:
    approval, rules = facts.proof.header["approval"], facts.proof.header["rules"]
    confirmed = "；".join(f"{rule} 由 {by or NONE} 于 {_ms(at)} 确认" for rule, by, at in approval["warnings"])
    pairs = (
        ("批准人", approval["by"] or NONE),
        ("批准时间", _ms(approval["at"])),
        ("批准哈希", approval["hash"]),
        ("用途", words.term("purpose", approval["purpose"])),
        ("受众人数", f"{approval['size']:,}"),
        ("已确认的提醒", confirmed or NONE),
        ("批准时的规则包", rules["approved"]),
        ("现在的规则包", rules["today"]),
    )
    rows = [(each["rule"], each["law"], each["article"] or NONE) for each in rules["unverified_today"]]
    columns = (Column("规则"), Column("依据", 3.0), Column("条款", 1.4))
    table = Table(columns, rows, "现在的规则包里尚未与原文核对的引用", empty="没有")
    return Section("批准与规则", (Facts(pairs), table))


def _handling(facts: CaseFacts, words: Words) -> Section:
    rows = [
        (_moment(each.at), each.by or NONE, words.term("complaint_action", each.action), _said(each, words))
        for each in facts.history
    ]
    columns = (Column("时间", 1.4), Column("谁"), Column("做了什么"), Column("说明", 2.4))
    return Section("处理经过", (Table(columns, rows, "处理经过"),))


def _said(note: CaseNote, words: Words) -> str:
    """A number of ours, or a code, says nothing to a reader."""
    if note.action is Action.MATCHED:
        return ""
    return words.term("complaint_why", words.term("complaint_way", note.text))


def _audit(facts: CaseFacts, words: Words) -> Section:
    lines = [(e["number"], e["at"], e["action"], e["actor"]) for e in facts.proof.entries]
    lines += [(e.number, round(e.at.timestamp() * 1000), e.action, e.actor) for e in facts.audit]
    rows = [(f"#{number}", _ms(at), words.term("audit", action), actor) for number, at, action, actor in sorted(lines)]
    columns = (Column("序号", 0.6), Column("时间", 1.4), Column("做了什么", 1.6), Column("谁"))
    told = Paragraph("下列记录取自审计链；关于这个活动的各条连同整条链的哈希在 evidence.yunfa 里。", Style.NOTE)
    return Section("审计摘录", (Table(columns, rows, "审计记录"), told))


def _checking(facts: CaseFacts, evidence_sha256: str) -> Section:
    rows = [(name, said) for name, said in _FILES.items()]
    return Section(
        "如何核对",
        (
            Table((Column("文件"), Column("内容", 3.0)), rows, "同一个文件夹里的文件"),
            Facts((("evidence.yunfa 的 SHA-256", evidence_sha256), ("审计链头", facts.proof.head))),
            _stamps(facts),
            Items(
                (
                    "用本程序：campaign-app evidence verify evidence.yunfa --head 审计链头",
                    "不用本程序：python verify_evidence.py evidence.yunfa --head 审计链头",
                    "verify_evidence.py 在发布包的 tools 目录里，只需要 Python 和 cryptography。",
                    "签发方的公钥请向平台索取，用 --jwks 代替文件里的公钥。",
                )
            ),
            Paragraph(
                "本材料不证明规则本身正确，只证明当时所用的版本；短信原文、时间和结果由发送方记录。"
                "手机号在材料里只以遮盖形式或密钥哈希出现。",
                Style.NOTE,
            ),
        ),
    )


def _stamps(facts: CaseFacts) -> Table:
    columns = (Column("到第几条", 0.6), Column("时间", 1.2), Column("由谁盖的"), Column("根证书指纹（SHA-256）", 2.0))
    rows = [
        (f"#{each['head'].partition(':')[0]}", _ms(each["at"]), each["authority"], _pieces(each["ca"]))
        for each in facts.proof.stamps
    ]
    return Table(columns, rows, "时间戳机构盖过的链头（RFC 3161）", empty="没有")


def _pieces(digest: str) -> str:
    """So that a line can end within it."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


def _moment(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def _day(at: datetime) -> str:
    local = at.astimezone(BEIJING)
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def _ms(at: int | None) -> str:
    return NONE if at is None else _moment(datetime.fromtimestamp(at / 1000, UTC))


def _or_none(at: datetime | None) -> str:
    return NONE if at is None else _moment(at)
