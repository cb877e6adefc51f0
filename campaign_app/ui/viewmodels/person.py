"""Requests of one person (个人信息请求) while they are carried out: a copy, erasure, restriction; and lifting one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from campaign_app.domain.consent import SuppressionKind
from campaign_app.domain.errors import AppError
from campaign_app.ui.messages import translate
from campaign_app.ui.viewmodels.answering import Answering

if TYPE_CHECKING:
    from campaign_app.bootstrap import App
    from campaign_app.ui.messages import Messages
    from campaign_app.ui.tasks import Tasks
    from campaign_app.ui.viewmodels.customers import CustomersModel

ACTOR: Final = "window"
T = TypeVar("T")


class PersonModel(Answering):
    """`erased` carries the customer's id. What came of a request is told in the bar too: its dialog may be closed."""

    erased = Signal(int)

    def __init__(
        self, app: App, tasks: Tasks, messages: Messages, customers: CustomersModel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("person_model")
        self._app, self._tasks, self._messages, self._customers = app, tasks, messages, customers

    def export(self, customer_id: int, file: Path, token: object) -> None:
        """Writes a new file; one that is there is refused."""
        self._write(
            lambda: self._app.subjects.export(customer_id, file, actor=ACTOR), lambda _: self._exported(file), token
        )

    def erase(self, customer_id: int, token: object) -> None:
        self._write(
            lambda: self._app.subjects.erase(customer_id, actor=ACTOR),
            lambda receipts: self._erased(customer_id, receipts),
            token,
        )

    def restrict(self, customer_id: int, note: str, token: object) -> None:
        self._write(
            lambda: self._app.subjects.restrict(customer_id, actor=ACTOR, note=note),
            lambda _: self._restricted(),
            token,
        )

    def lift(self, customer_id: int, reviewer: str, token: object) -> None:
        self._write(lambda: self._app.lifting.lift(customer_id, actor=reviewer), self._lifted, token)

    def _write(self, work: Callable[[], T], then: Callable[[T], None], token: object) -> None:
        def done(result: T) -> None:
            then(result)
            self.kept.emit(token)

        self._tasks.write(lambda _: work(), done, failed=lambda error: self._failed(error, token), owner=self)

    def _exported(self, file: Path) -> None:
        self._messages.done(lambda: translate("PersonModel", "已导出到 {}，号码已打码。").format(file))

    def _erased(self, customer_id: int, receipts: int) -> None:
        if receipts:
            self._messages.done(
                lambda: translate(
                    "PersonModel",
                    "已删除此人的姓名、号码、地区、订单、标签和导入的资料。"
                    "依法须留存的仍保留：客户标识、同意记录、退订与投诉、已发短信的原文和结果。",
                )
            )
        else:
            self._messages.info(lambda: translate("PersonModel", "此人的资料先前已经删除，没有可再删除的。"))
        self.erased.emit(customer_id)
        self._customers.refresh()

    def _restricted(self) -> None:
        self._messages.done(
            lambda: translate("PersonModel", "已限制处理：从现在起只存储此人的资料，所有活动都不再发送。")
        )
        self._customers.refresh()

    def _lifted(self, left: frozenset[SuppressionKind]) -> None:
        if left:
            self._messages.info(
                lambda: translate("PersonModel", "已解除退订，写入记录。此人另有投诉或未成年人的拒收，仍不发送。")
            )
        else:
            self._messages.done(
                lambda: translate("PersonModel", "已解除退订，写入记录。下一次核验起按平台的同意判断。")
            )
        self._customers.refresh()

    def _failed(self, error: AppError, token: object) -> None:
        if not self.refuse(token, error):  # said in two places, it would stay in one of them
            self._messages.error(error)
