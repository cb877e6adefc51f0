"""The first step of an import: which file, and for which shop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QLabel, QWidget

from campaign_app.domain.customer import Account
from campaign_app.ui.kit import Kit
from campaign_app.ui.theme import icons
from campaign_app.ui.theme.sheet import set_property
from campaign_app.ui.viewmodels.importing import ImportModel, ImportState
from campaign_app.ui.widgets.basics import button, column, label, row


class DropArea(QFrame):
    """Takes one file that is dropped on it."""

    dropped = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.setObjectName("import_drop")
        self.setProperty("role", "drop")
        self.setAcceptDrops(True)
        self._kit = kit
        self._image = QLabel()
        self._image.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title = label(self.tr("把 CSV 或 XLSX 文件拖到这里"), "heading", name="import_drop_title")
        self.title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.parts = column(None, self._image, self.title, None, space=3, margin=5)
        self.setLayout(self.parts)
        kit.theme.changed.connect(self._draw)
        self._draw()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            set_property(self, "over", True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:  # noqa: N802
        set_property(self, "over", False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        set_property(self, "over", False)
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData().urls()[0].toLocalFile())

    def _draw(self) -> None:
        tokens = self._kit.theme.tokens
        self._image.setPixmap(icons.pixmap("document", tokens.accent, 40, self.devicePixelRatioF()))


class FileStep(QWidget):
    def __init__(self, kit: Kit, model: ImportModel, shops: tuple[Account, ...], folder: Path) -> None:
        super().__init__()
        self._kit, self._model, self._folder = kit, model, folder
        self.area = DropArea(kit)
        self.area.dropped.connect(model.choose)
        self.choose = button(self.tr("选择文件…"), name="import_choose", click=self._choose)
        self.area.parts.insertLayout(3, row(None, self.choose, None))
        self.file = label("", "muted", name="import_file", wrap=True)
        self.file.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.area.parts.insertWidget(4, self.file)
        self.shop = QComboBox()
        self.shop.setObjectName("import_shop")
        self.shop.setAccessibleName(self.tr("客户所属的店铺"))
        for shop in shops:
            self.shop.addItem(shop.label, shop.id)
        self.shop.setMinimumWidth(260)
        self.shop.activated.connect(lambda _: model.set_shop(self.shop.currentData()))
        told = label(
            self.tr(
                "导入只补充已有客户的资料，不能改变任何人的同意。对不上客户的行会留着，等同步来的客户与它的标识或号码对上；在那之前不能发送。"
            ),
            "muted",
            wrap=True,
        )
        shop_row = row(label(self.tr("客户所属的店铺")), self.shop, None, space=3)
        self.setLayout(column(shop_row, self.area, told, space=4, stretch=1))
        self.setFocusProxy(self.choose)

    def render_state(self, state: ImportState) -> None:
        at = self.shop.findData(state.account_id)
        self.shop.setCurrentIndex(max(0, at))
        self.file.setText(Path(state.path).name if state.path else self.tr("文件不会被改动，也不会离开这台电脑"))

    def _choose(self) -> None:
        chosen = Path(self._model.state.path).parent if self._model.state.path else self._folder
        kinds = self.tr("表格文件 (*.csv *.txt *.tsv *.xlsx *.xlsm);;所有文件 (*)")
        path, _ = QFileDialog.getOpenFileName(self, self.tr("选择要导入的文件"), str(chosen), kinds)
        if path:
            self._model.choose(path)
