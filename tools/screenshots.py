"""Makes docs/screenshots: every page and dialog, in both appearances and both languages.

    python tools/screenshots.py [--customers 2000] [--size 1280x800 1024x700] [--only pages|dialogs|cards]

Needs no display: the window is drawn off screen. The job is really done, as in the tests. Pages are taken in each size,
in any but the usual one into a folder of that size's name; dialogs have their own.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

SCREEN = {"name": "wide", "x": 0, "y": 0, "width": 1920, "height": 1200, "logicalDpi": 96, "dpr": 1}
if "QT_QPA_PLATFORM" not in os.environ:  # no window is larger than its screen, and by itself this one has 800 columns
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as screens:
        json.dump({"screens": [SCREEN]}, screens)
    atexit.register(os.unlink, screens.name)
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screens.name}"
os.environ["TZ"] = "Asia/Shanghai"  # as those see it whom it is made for
if hasattr(time, "tzset"):
    time.tzset()
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QSize  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget  # noqa: E402
from screenshots_cards import Cards  # noqa: E402
from screenshots_dialogs import GAP, Album, Gates, Pictured  # noqa: E402

from campaign_app.storage import workspace  # noqa: E402
from campaign_app.ui.pages.shell import Shell  # noqa: E402
from campaign_app.ui.prefs import LANGUAGES  # noqa: E402
from campaign_app.ui.widgets.basics import lay_out  # noqa: E402
from tests.helpers.driving import pause  # noqa: E402
from tests.helpers.journey import Journey  # noqa: E402

THEMES = ("light", "dark")
HIGH = ("high_light", "high_dark")
IN_HIGH = frozenset({"overview", "customers", "content", "screening", "course", "palette"})  # in high contrast, too
PARTS = ("pages", "dialogs", "cards")
USUAL = QSize(1280, 800)
SMALLEST = QSize(1024, 700)
# what stands below the fold of its page, by the stage that is about it
SCROLLED_TO = {"replies": "answers", "course": "results_course"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--size", nargs="+", type=size_of, default=[USUAL, SMALLEST])
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--only", choices=PARTS)
    asked = parser.parse_args()
    workspace.user = lambda: "shop"  # as which account these were taken is nobody's business
    qt = QApplication([])
    asked.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")  # what is seen of these workspaces goes with them
        if asked.only in (None, "pages"):
            take_pages(qt, Path(folder) / "pages", asked.out, asked.customers, asked.size)
        if asked.only != "pages":
            take_dialogs(qt, Path(folder) / "dialogs", asked)


def size_of(told: str) -> QSize:
    width, height = (int(part) for part in told.split("x"))
    return QSize(width, height)


def folder_of(size: QSize, out: Path) -> Path:
    return out if size == USUAL else out / f"{size.width()}x{size.height()}"


def take_pages(qt: QApplication, folder: Path, out: Path, customers: int, sizes: Sequence[QSize]) -> None:
    def take(stage: str) -> None:
        """The same moment in every appearance; languages follow where the window may be built anew."""
        kit = journey.application.kit
        usual = journey.application.shell.size()
        for language in LANGUAGES:
            kit.prefs.language = language
            for theme in (*THEMES, *(HIGH if stage in IN_HIGH else ())):
                kit.theme.use(theme)
                for size in sizes:
                    shell = journey.application.shell
                    shell.resize(size)
                    pause(350)
                    scroll(stage, shell)
                    lay_out()
                    if stage == "palette" and not open_palette(shell):
                        shell.find_command()
                    save(shell.grab().toImage(), folder_of(size, out) / f"{stage}-{theme}-{language}.png")
        kit.prefs.language = "zh_CN"
        kit.theme.use("light")
        journey.application.shell.resize(usual)
        pause(350)

    journey = Journey(qt, folder, customers, take)
    journey.begin()
    journey.look_at_customers()
    journey.open_draft()
    journey.write()
    journey.screen()
    journey.approve()
    journey.send()
    journey.results()
    journey.look_at_signatures()
    journey.look_at_inbox()
    journey.look_at_report()
    journey.look_at_records()
    journey.look_at_compliance()
    journey.look_at_settings()
    journey.application.shell.go("campaigns")
    take("palette")
    journey.end()


def save(image: QImage, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    plain = image.convertToFormat(QImage.Format.Format_RGB32)  # nothing shines through a window
    if not plain.save(str(target), "PNG", 0):  # 0: as small as it gets
        raise SystemExit(f"{target} cannot be written")


def take_dialogs(qt: QApplication, folder: Path, asked: argparse.Namespace) -> None:
    album = Album(asked.out)
    try:
        if asked.only != "dialogs":
            Cards(qt, folder / "cards", album).everything()
        if asked.only != "cards":
            Gates(qt, folder / "gates", album).everything()
            journey = Pictured(qt, folder / "demo", asked.customers, album)
            journey.everything()
            journey.end()
    finally:
        album.save()


def open_palette(shell: Shell) -> bool:
    return shell.prepare_palette().view.isVisible()


def scroll(stage: str, shell: QWidget) -> None:
    part = shell.findChild(QWidget, SCROLLED_TO.get(stage, ""))
    area = part.parent() if part else None
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parent()
    if area is not None:
        top = part.mapTo(area.widget(), part.rect().topLeft()).y()
        area.verticalScrollBar().setValue(top - GAP)
        pause(100)


if __name__ == "__main__":
    main()
