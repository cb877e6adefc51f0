"""Brings resources/i18n/en.ts up to date with the window's Chinese words and compiles it to en.qm.

    python tools/translate.py           update and compile
    python tools/translate.py --missing only name what has no English yet; exit status 1 if there is any

Words in the code are Chinese (`self.tr("…")`), so Chinese needs no file but for what Qt's own lacks, qt_zh_CN.ts, which
is written by hand. lupdate and lrelease come with PySide6-Essentials.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TS = ROOT / "resources" / "i18n" / "en.ts"
OF_QT = TS.with_name("qt_zh_CN.ts")


def tool(name: str, *arguments: str | Path) -> None:
    subprocess.run([Path(sys.executable).parent / f"pyside6-{name}", *arguments], check=True, stdout=subprocess.DEVNULL)


def update() -> None:
    sources = sorted((ROOT / "campaign_app" / "ui").rglob("*.py"))
    tool("lupdate", *sources, "-locations", "none", "-no-obsolete", "-target-language", "en", "-ts", TS)


def missing() -> list[str]:
    """Context and source of every message without a finished translation."""
    found = []
    for context in ET.parse(TS).getroot().iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is None or translation.get("type") == "unfinished" or not "".join(translation.itertext()):
                found.append(f"{name}: {message.findtext('source', '')}")
    return found


def main() -> int:
    if "--missing" not in sys.argv[1:]:
        update()
        for each in (TS, OF_QT):
            tool("lrelease", each, "-qm", each.with_suffix(".qm"))
    left = missing()
    for each in left:
        print(each)
    return 1 if left and "--missing" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
