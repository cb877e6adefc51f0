"""Exporting a campaign's proof, and looking whether a file of proof holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QRadioButton, QWidget

from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.messages import translate
from campaign_app.ui.pages.backup_dialogs import WorkDialog
from campaign_app.ui.pages.records_stamps import shortened
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.records import CheckModel, RecordsModel
from campaign_app.ui.widgets.basics import button, column, fit, label, row, show_if

if TYPE_CHECKING:
    from campaign_app.evidence.verdict import Verdict

SUFFIX: Final = ".yunfa"
VERDICT_WIDTH: Final = 660  # a head is one long word


class ExportDialog(WorkDialog):
    def __init__(self, kit: Kit, model: RecordsModel, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(kit, model.export_work, translate("ExportDialog", "导出"), "evidence_export", parent)
        self.setWindowTitle(self.tr("导出证据"))
        self._model, self._folder, self._chosen = model, folder, False
        self.bar.setAccessibleName(self.tr("导出进度"))
        self.campaign = QComboBox()
        self.campaign.setObjectName("evidence_campaign")
        self.campaign.setAccessibleName(self.tr("哪个活动"))
        for each in model.state.campaigns:
            if each.provable:
                self.campaign.addItem(f"#{each.id} {each.name}", each.id)
        self.campaign.setCurrentIndex(max(0, self.campaign.findData(model.state.query.campaign_id)))
        self.everybody = QRadioButton(self.tr("整个活动：每个收到短信的人"))
        self.everybody.setObjectName("evidence_all")
        self.everybody.setChecked(True)
        self.one = QRadioButton(self.tr("只要一个人：不含其他任何人"))
        self.one.setObjectName("evidence_one")
        self.person = QLineEdit()
        self.person.setObjectName("evidence_person")
        self.person.setAccessibleName(self.tr("客户标识"))
        self.person.setPlaceholderText(self.tr("平台的客户标识，例如 ou1de66a423"))
        self.file = self.path_field("evidence_file", self.tr("证据文件"))
        self.file.setText(self._first())
        told = self.tr(
            "证据里有平台签名的同意回执、短信原文、发送结果、批准和审计链；手机号只以密钥哈希出现。"
            "别人不用本程序也能验证。每次导出都记入审计。"
        )
        self.setLayout(
            column(
                label(self.tr("导出证据"), "heading"),
                label(told, "muted", wrap=True),
                self.campaign,
                column(self.everybody, self.one, self.person, space=1),
                row(self.file, button(self.tr("更改…"), name="evidence_choose", click=self._choose), stretch=0),
                self.reason,
                self.bar,
                self.buttons,
                margin=5,
            )
        )
        self.campaign.currentIndexChanged.connect(lambda _: self._renamed())
        self.one.toggled.connect(self._draw)
        self.person.textChanged.connect(lambda _: self.enable())
        self.go.clicked.connect(self._go)
        model.export_work.ended.connect(self._ended)
        self._draw()

    def ready(self) -> bool:
        return self.campaign.count() > 0 and (self.everybody.isChecked() or bool(self.person.text().strip()))

    def _draw(self) -> None:
        show_if(self.person, self.one.isChecked())
        self._show_work(self._work.state)

    def _first(self) -> str:
        """A name that is free: nothing is replaced."""
        stem = self.tr("证据-活动{number}").format(number=self.campaign.currentData())
        names = (f"{stem}{more}{SUFFIX}" for more in ("", *(f"-{at}" for at in range(2, 1_000))))
        return next((str(self._folder / name) for name in names if not (self._folder / name).exists()), "")

    def _renamed(self) -> None:
        if not self._chosen:
            self.file.setText(self._first())

    def _choose(self) -> None:
        kinds = self.tr("允发证据") + f" (*{SUFFIX})"
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("导出到"), self.file.text(), kinds)
        if chosen:
            self._chosen = True
            self.file.setText(chosen if chosen.endswith(SUFFIX) else f"{chosen}{SUFFIX}")

    def _go(self) -> None:
        person = self.person.text() if self.one.isChecked() else ""
        self._model.export(int(self.campaign.currentData()), Path(self.file.text()), person)

    def _ended(self, _result: object) -> None:
        self.accept()


class CheckDialog(WorkDialog):
    """Stays open with the verdict, so that it can be read and another file be chosen."""

    def __init__(self, kit: Kit, model: CheckModel, file: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(kit, model.work, translate("CheckDialog", "验证"), "evidence_check", parent)
        self.setWindowTitle(self.tr("验证证据文件"))
        self.setFixedWidth(VERDICT_WIDTH)
        self._model, self._file = model, file
        self.bar.setAccessibleName(self.tr("验证进度"))
        self.stop.setText(self.tr("关闭"))
        self.file = self.path_field("evidence_check_file", self.tr("证据文件"))
        self.head = QLineEdit()
        self.head.setObjectName("evidence_check_head")
        self.head.setAccessibleName(self.tr("先前抄录的链头"))
        self.head.setPlaceholderText(self.tr("先前抄录的链头（可不填）"))
        self.verdict = label("", "strong", wrap=True, name="evidence_verdict")
        self.told = label("", "muted", wrap=True, name="evidence_told", select=True)
        self.setLayout(
            column(
                label(self.tr("验证证据文件"), "heading"),
                label(
                    self.tr("文件不会被改动，也不会离开这台电脑。填上先前抄录的链头，才能看出结尾被截掉。"),
                    "muted",
                    wrap=True,
                ),
                row(self.file, button(self.tr("选择…"), name="evidence_check_choose", click=self._choose), stretch=0),
                self.head,
                self.verdict,
                self.told,
                self.reason,
                self.bar,
                self.buttons,
                margin=5,
            )
        )
        self.go.clicked.connect(self.begin)
        model.work.ended.connect(self.show_verdict)
        self.head.textChanged.connect(lambda _: self._forget())
        self._forget()
        if file is not None:
            self.take(file)

    def ready(self) -> bool:
        return self._file is not None

    def take(self, file: Path) -> None:
        self._file = file
        self.file.setText(file.name)
        self.file.setToolTip(str(file))
        self._forget()
        self.begin()

    def begin(self) -> None:
        self._forget()
        if self._file is not None:
            self._model.check(self._file, self.head.text().strip())

    def show_verdict(self, verdict: Verdict) -> None:
        good, bad = self.tr("成立：内容完整，与签名和审计链相符。"), self.tr("不成立。")
        set_property(self.verdict, "role", "strong" if verdict.ok else "block")
        self.verdict.setText(good if verdict.ok else bad + self._kit.words.term("evidence_problem", verdict.problem))
        self.told.setText(self._what(verdict) if verdict.ok else self.tr("问题在第 {n} 行。").format(n=verdict.line))
        for part in (self.verdict, self.told):
            show_if(part, on=True)
        fit(self)

    def _what(self, verdict: Verdict) -> str:
        told = [
            self.tr("活动“{campaign}”，主体 {entity}。").format(campaign=verdict.campaign, entity=verdict.entity),
            self._whom(verdict),
            self.tr("签发方：{issuers}。").format(issuers=self.tr("、").join(verdict.issuers)),
        ]
        if verdict.simulated:
            told.append(self.tr("平台是模拟的，不能当作真实的证据。"))
        if not verdict.head_compared:
            told.append(self.tr("没有与先前抄录的链头核对。"))
        elif not verdict.head_covers:
            told.append(self.tr("填的链头早于记下这些短信的那条审计记录：原文、接收人和时间可能是后来编的。"))
        told.append(self.tr("链头：{head}").format(head=verdict.head))
        if verdict.stamps:
            last = verdict.stamps[-1]
            said = self.tr(
                "含 {n} 个时间戳，最后一个到第 {entry} 条为止：{at}，{who}，根证书指纹 {ca}。没有与机构的证书核对。"
            )
            entry, at = last.head.partition(":")[0], show.moment(last.at, seconds=True)
            told.append(
                said.format(n=len(verdict.stamps), entry=entry, at=at, who=last.authority, ca=shortened(last.ca))
            )
        return "\n".join(told)

    def _whom(self, verdict: Verdict) -> str:
        signed, other = show.count(verdict.signed), show.count(verdict.unsigned + verdict.withheld)
        if verdict.entry:
            told = self.tr("一个人的证据：短信与它那一批交给通道时写下的第 {n} 条审计记录相符。")
            consent = self.tr("同意由平台签名。") if verdict.signed else self.tr("同意没有平台的签名。")
            return told.format(n=verdict.entry) + consent
        told = self.tr("共发给 {people} 人；文件里有 {signed} 人的同意由平台签名，{other} 人的没有签名。")
        return told.format(people=show.count(verdict.people), signed=signed, other=other)

    def _forget(self) -> None:
        for part in (self.verdict, self.told):
            show_if(part, on=False)
        self._show_work(self._work.state)

    def _choose(self) -> None:
        kinds = self.tr("允发证据") + f" (*{SUFFIX});;" + self.tr("所有文件 (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("选择证据文件"), str(self._file or ""), kinds)
        if chosen:
            self.take(Path(chosen))
