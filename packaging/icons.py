"""The program's icon in the sizes and wrappings that systems want, drawn from `resources/icons/app.svg`.

`python packaging/icons.py FOLDER` writes the PNG files of an icon theme (hicolor) below the folder.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DRAWING: Final = ROOT / "resources" / "icons" / "app.svg"
DOTS_PER_METER: Final = 3780  # 96 to the inch
THEME_SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)
WINDOWS_SIZES: Final = (16, 20, 24, 32, 40, 48, 64, 128, 256)
# the names that macOS gives to PNG pictures of these sizes
MAC_KINDS: Final = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09", 1024: b"ic10"}


def png(size: int) -> bytes:
    """A drawing without text: Qt needs no application for it, and none is left to whoever wants one."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.setDotsPerMeterX(DOTS_PER_METER)  # else it is the screen's, and every computer makes another file
    image.setDotsPerMeterY(DOTS_PER_METER)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    buffer.close()
    return bytes(data.data())


def windows(file: Path) -> Path:
    """An .ico of PNG pictures."""
    pictures = [(size, png(size)) for size in WINDOWS_SIZES]
    head, body, at = struct.pack("<HHH", 0, 1, len(pictures)), b"", 6 + 16 * len(pictures)
    for size, data in pictures:
        head += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(data), at + len(body))
        body += data
    return _written(file, head + body)


def mac(file: Path) -> Path:
    """An .icns of PNG pictures."""
    body = b""
    for size, kind in MAC_KINDS.items():
        data = png(size)
        body += kind + struct.pack(">I", 8 + len(data)) + data
    return _written(file, b"icns" + struct.pack(">I", 8 + len(body)) + body)


def theme(folder: Path) -> None:
    """`folder`/48x48/apps/campaign-app.png and so on, and the drawing itself."""
    for size in THEME_SIZES:
        _written(folder / f"{size}x{size}" / "apps" / "campaign-app.png", png(size))
    _written(folder / "scalable" / "apps" / "campaign-app.svg", DRAWING.read_bytes())


def _written(file: Path, data: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


if __name__ == "__main__":
    theme(Path(sys.argv[1]))
