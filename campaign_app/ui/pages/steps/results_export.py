"""Takes the results of a campaign out: all numbers as XLSX or CSV, the charts as a picture. Nobody is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QPushButton

from campaign_app.domain.errors import AppError
from campaign_app.ui.folders import documents, tell_written
from campaign_app.ui.kit import Kit
from campaign_app.ui.pages.steps.course_words import CourseWords
from campaign_app.ui.theme.tokens import LIGHT
from campaign_app.ui.viewmodels.campaign import CampaignModel
from campaign_app.ui.viewmodels.course import CourseModel, CourseState
from campaign_app.ui.widgets.chart import ColumnChart, picture_of

PICTURE: Final = QSize(960, 300)  # of each chart
_IN_NO_NAME: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]')  # of a file, on any system
ENDINGS: Final = (".xlsx", ".csv", ".png")


class ExportButton(QPushButton):
    def __init__(
        self,
        kit: Kit,
        model: CampaignModel,
        course: CourseModel,
        charts: Sequence[ColumnChart],
    ) -> None:
        super().__init__()
        self._kit, self._model, self._course, self._charts = kit, model, course, charts
        self.setText(self.tr("导出…"))
        self.setObjectName("results_export")
        self.setAccessibleName(self.tr("导出结果"))
        self.setToolTip(self.tr("表格（XLSX、CSV）或图片（PNG）；只有数字，没有任何客户。"))
        self.setAutoDefault(False)
        self.clicked.connect(self._ask)
        course.changed.connect(self._draw)
        course.exported.connect(self._exported)
        self._draw(course.state)

    def export_to(self, file: Path) -> None:
        """By the file's ending."""
        course, failed = self._course.state.course, self._kit.messages.error
        if course is None:
            return
        if file.suffix.lower() == ".png":
            picture = picture_of(self._charts, PICTURE, LIGHT)
            self._course.export_picture(file, partial(_save, picture), failed)
            return
        words = CourseWords(self._kit.words, self)
        self._course.export(file, words.sheets(self._model.view, course, self._course.state.earlier), failed)

    def _draw(self, state: CourseState) -> None:
        self.setEnabled(state.course is not None)

    def _ask(self) -> None:
        kinds = (self.tr("Excel 工作簿 (*.xlsx)"), self.tr("CSV 表格 (*.csv)"), self.tr("PNG 图片 (*.png)"))
        name = _IN_NO_NAME.sub(" ", self._model.view.campaign.name).strip()
        proposed = str(documents() / f"{name or self._kit.words.term('state', 'done')}{ENDINGS[0]}")
        chosen, kind = QFileDialog.getSaveFileName(self, self.tr("导出结果"), proposed, ";;".join(kinds))
        if chosen:
            self.export_to(with_ending(Path(chosen), ENDINGS[kinds.index(kind)] if kind in kinds else ENDINGS[0]))

    def _exported(self, file: Path) -> None:
        words = ExportedWords()
        tell_written(self._kit.messages, lambda: words.said(file.name), file)


class ExportedWords(QObject):
    """Outlives the page: a notice says it, in whatever language the window has by then."""

    def said(self, file: str) -> str:
        return self.tr("已导出到“{}”。").format(file)


def with_ending(file: Path, ending: str) -> Path:
    """A name that ends in one of ours keeps it; on some systems the dialog adds none."""
    return file if file.suffix.lower() in ENDINGS else file.with_name(file.name + ending)


def _save(picture: QImage, file: Path) -> None:
    """Raises AppError("file_unwritable"); a file of that name stays as it was."""
    part = file.with_name(f"{file.name}.part")
    try:
        if not picture.save(str(part), "PNG"):  # type: ignore[call-overload]
            raise AppError("file_unwritable", "The picture cannot be written", file=file.name)
        part.replace(file)
    except OSError as error:
        raise AppError("file_unwritable", f"The file cannot be written: {error.strerror}", file=file.name) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
