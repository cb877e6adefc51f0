"""The replies to a campaign: what each said, and of an opt-out since when it is in force and which platform knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from campaign_app.domain.answer import Answer
from campaign_app.services.answers import Answered, ToldShop
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.answers import MOST, AnswersModel, AnswersState
from campaign_app.ui.widgets.basics import button, clear, column, divider, label, row
from campaign_app.ui.widgets.pill import Pill

# of several shops those first that a person may have to do something about
_GRAVEST: Final = ("refused", "waiting", "untellable", "told")
_EXPLAINED: Final = frozenset({"refused", "waiting"})


class AnswersCard(QFrame):
    """Hidden until somebody answered."""

    def __init__(self, kit: Kit, model: AnswersModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("answers")
        self.setAccessibleName(self.tr("收到的回复"))
        self._kit, self._model = kit, model
        self.only = QCheckBox(self.tr("只看退订"))
        self.only.setObjectName("answers_only")
        self.only.setAccessibleName(self.tr("只看退订的回复"))
        self.only.clicked.connect(lambda on: model.filter(opt_outs_only=on))
        self.none = label(self.tr("没有人回复退订。"), "muted", name="answers_none")
        self.more = button(self.tr("显示更多"), "quiet", name="answers_more", click=model.show_more)
        self.rest = label("", "small", wrap=True, name="answers_rest")
        self.rows: list[AnswerRow] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(SPACE[3])
        head = row(label(self.tr("收到的回复"), "heading"), None, self.only)
        self.setLayout(column(head, self._place, self.none, self.rest, row(self.more, None), space=3, margin=4))
        model.changed.connect(self.show_answers)
        self.show_answers(model.state)

    def show_answers(self, state: AnswersState) -> None:
        self.setVisible(bool(state.answers) or state.opt_outs_only)
        self.only.setChecked(state.opt_outs_only)
        clear(self._place)
        self.rows = [AnswerRow(self._kit, each) for each in state.answers]
        for number, each in enumerate(self.rows):
            if number:
                self._place.addWidget(divider())
            self._place.addWidget(each)
        self.none.setVisible(not state.answers)
        self.more.setVisible(state.more)
        hidden = state.total - len(state.answers)
        self.rest.setVisible(hidden > 0 and state.shown >= MOST)
        self.rest.setText(self.tr("这里显示最新的 {} 条，另有 {} 条。").format(show.count(MOST), show.count(hidden)))


class AnswerRow(QWidget):
    def __init__(self, kit: Kit, answered: Answered, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answer")
        self._kit = kit
        answer = answered.answer
        word = self.tr("退订") if answer.opt_out else self.tr("回复")
        self.pill = Pill(kit.theme, word, "warn" if answer.opt_out else "muted")
        self.said = label(answer.text, wrap=True, name="answer_text", select=True)
        who = answer.who or self.tr("号码已删除")
        at = label(f"{who} · {show.moment(answer.received_at)}", "small", name="answer_who", select=True)
        self.came = label(self._came(answered), "small", wrap=True, name="answer_came", select=True)
        self.came.setVisible(answer.opt_out)
        self.setLayout(column(row(self.pill, self.said, at, stretch=1), self.came, space=1))
        self.setAccessibleName(f"{word} {answer.text}")
        self.setAccessibleDescription(self.came.text())

    def _came(self, answered: Answered) -> str:
        if not answered.answer.opt_out:
            return ""
        gap = "" if self._kit.words.language == "zh_CN" else " "
        return gap.join((self._force(answered.answer), *self._told(answered.shops)))

    def _force(self, answer: Answer) -> str:
        if answer.since is None:
            return self.tr("已按退订处理；其后有更新的同意并经人复核，现已解除拒收。")
        return self.tr("已按退订处理，自 {at} 起不再发送。").format(at=show.moment(answer.since))

    def _told(self, shops: tuple[ToldShop, ...]) -> Iterator[str]:
        for state in _GRAVEST:
            mine = [shop for shop in shops if shop.state == state]
            if not mine:
                continue
            names = self.tr("、").join(dict.fromkeys(shop.label for shop in mine))
            yield self._sentence(state).format(shops=names)
            if state in _EXPLAINED:
                whys = dict.fromkeys(shop.why for shop in mine if shop.why)
                yield from (self.tr("原因：{why}").format(why=self._kit.words.term("state_note", why)) for why in whys)

    def _sentence(self, state: str) -> str:
        return {
            "told": self.tr("已回写平台：{shops}。"),
            "waiting": self.tr("尚未回写平台：{shops}，后台会一直重试。"),
            "refused": self.tr("平台没有收下：{shops}；本机仍不再发送。"),
            "untellable": self.tr("平台接口不接收退订，未回写：{shops}；本机仍不再发送。"),
        }[state]
