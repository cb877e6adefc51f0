"""The replies to a campaign: what each said, and of an opt-out since when it is in force and which platform knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QSignalBlocker, QTimer
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from campaign_app.domain.answer import Answer
from campaign_app.services.answers import Answered, ToldShop
from campaign_app.ui import show
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme.tokens import SPACE
from campaign_app.ui.viewmodels.answers import MOST, AnswersModel, AnswersState
from campaign_app.ui.widgets.basics import button, column, divider, label, row, show_if
from campaign_app.ui.widgets.pill import Pill

# of several shops those first that a person may have to do something about
_GRAVEST: Final = ("refused", "waiting", "untellable", "told")
_EXPLAINED: Final = frozenset({"refused", "waiting"})
_AT_ONCE: Final = 5  # the others are built in later turns: each takes milliseconds


class AnswersCard(QFrame):
    """Hidden until somebody answered. A reply keeps its row: while replies come in, only what is new is built."""

    def __init__(self, kit: Kit, model: AnswersModel) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("answers")
        self.setAccessibleName(self.tr("收到的回复"))
        self._kit, self._model = kit, model
        self.only = QCheckBox(self.tr("只看退订"))
        self.only.setObjectName("answers_only")
        self.only.setAccessibleName(self.tr("只看退订的回复"))
        self.only.toggled.connect(lambda on: model.filter(opt_outs_only=on))
        self.none = label(self.tr("没有人回复退订。"), "muted", name="answers_none")
        self.more = button(self.tr("显示更多"), "quiet", name="answers_more", click=model.show_more)
        self.rest = label("", "small", wrap=True, name="answers_rest")
        self._answers: tuple[Answered, ...] = ()
        self._rows: dict[int, AnswerRow] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._show_rows)
        self._place = QVBoxLayout()
        self._place.setSpacing(SPACE[3])
        head = row(label(self.tr("收到的回复"), "heading"), None, self.only)
        self.setLayout(column(head, self._place, self.none, self.rest, row(self.more, None), space=3, margin=4))
        model.changed.connect(self.show_answers)
        self.show_answers(model.state)

    def show_answers(self, state: AnswersState) -> None:
        self.setVisible(bool(state.answers) or state.opt_outs_only)
        with QSignalBlocker(self.only):
            self.only.setChecked(state.opt_outs_only)
        self._answers = state.answers
        self._drop({each.answer.id for each in state.answers})
        self._show_rows()
        self.none.setVisible(not state.answers)
        self.more.setVisible(state.more)
        hidden = state.total - len(state.answers)
        self.rest.setVisible(hidden > 0 and state.shown >= MOST)
        self.rest.setText(self.tr("这里显示最新的 {} 条，另有 {} 条。").format(show.count(MOST), show.count(hidden)))

    @property
    def rows(self) -> list[AnswerRow]:
        """Those that are built, in the order of the replies."""
        return [self._rows[each.answer.id] for each in self._answers if each.answer.id in self._rows]

    def _drop(self, wanted: set[int]) -> None:
        for key in self._rows.keys() - wanted:
            gone = self._rows.pop(key)
            self._place.removeWidget(gone)
            gone.hide()
            gone.deleteLater()

    def _show_rows(self) -> None:
        """Fills the rows that are there and builds some of those that are not, from the newest reply on."""
        at, room = 0, _AT_ONCE
        for answered in self._answers:
            shown = self._rows.get(answered.answer.id)
            if shown is None and not room:
                self._later.start(0)
                continue
            if shown is None:
                room -= 1
                shown = self._rows[answered.answer.id] = AnswerRow(self._kit, answered)
                self._place.insertWidget(at, shown)
            shown.show_answer(answered)
            show_if(shown.line, at > 0)
            at += 1


class AnswerRow(QWidget):
    def __init__(self, kit: Kit, answered: Answered) -> None:
        super().__init__()
        self.setObjectName("answer")
        self._kit, self._shown = kit, answered
        answer = answered.answer
        word = self.tr("退订") if answer.opt_out else self.tr("回复")
        self.pill = Pill(kit.theme, word, "warn" if answer.opt_out else "muted")
        self.said = label(answer.text.strip(), wrap=True, name="answer_text", select=True)
        self.who = label("", "small", name="answer_who", select=True)
        self.came = label("", "small", wrap=True, name="answer_came", select=True)
        show_if(self.came, answer.opt_out)
        self.line = divider()
        said = row(self.pill, self.said, self.who, stretch=1)
        self.setLayout(column(self.line, column(said, self.came, space=1), space=3))
        self.setAccessibleName(f"{word} {answer.text}")
        self._fill(answered)

    def show_answer(self, answered: Answered) -> None:
        if answered != self._shown:
            self._shown = answered
            self._fill(answered)

    def _fill(self, answered: Answered) -> None:
        """What may change of a reply: whose it is while the customer is kept, and who knows of the opt-out."""
        who = answered.answer.who or self.tr("号码已删除")
        self.who.setText(f"{who} · {show.moment(answered.answer.received_at)}")
        self.came.setText(self._came(answered))
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
            "refused": self.tr("平台未接受：{shops}；本机仍不再发送。"),
            "untellable": self.tr("平台接口不接收退订，未回写：{shops}；本机仍不再发送。"),
        }[state]
