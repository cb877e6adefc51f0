"""What other systems read of the packages is well formed, and names what there is. The packages are tried elsewhere."""

from __future__ import annotations

import importlib
import plistlib
import re
import shlex
import struct
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from PySide6.QtGui import QImage

from campaign_app.cli.main import app
from campaign_app.evidence.format import SUFFIX

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "packaging"
MIME = "application/vnd.yunfa.evidence"


@pytest.fixture
def packaging(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module `systems` of the scripts, as they find one another."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield importlib.import_module("systems")
    for name in ("systems", "icons"):
        sys.modules.pop(name, None)


def test_the_icon_of_windows_holds_every_size(packaging: ModuleType, tmp_path: Path) -> None:
    icons = packaging.icons
    data = icons.windows(tmp_path / "made" / "x.ico").read_bytes()
    count = struct.unpack("<HHH", data[:6])[2]
    sizes = []
    for at in range(6, 6 + 16 * count, 16):
        length, begin = struct.unpack("<II", data[at + 8 : at + 16])
        picture = QImage.fromData(data[begin : begin + length], "PNG")
        sizes.append(picture.width())
        assert picture.pixelColor(picture.width() // 2, picture.height() // 8).alpha() == 255
    assert tuple(sizes) == icons.WINDOWS_SIZES


def test_the_icon_of_macos_is_as_long_as_it_says(packaging: ModuleType, tmp_path: Path) -> None:
    data = packaging.icons.mac(tmp_path / "x.icns").read_bytes()
    assert (data[:4], struct.unpack(">I", data[4:8])[0]) == (b"icns", len(data))
    assert data.count(b"\x89PNG") == len(packaging.icons.MAC_KINDS)


@pytest.mark.parametrize(
    ("version", "numbers"), [("0.2.0", (0, 2, 0, 0)), ("1.2.3rc1", (1, 2, 3, 0)), ("4", (4, 0, 0, 0))]
)
def test_windows_gets_four_numbers(packaging: ModuleType, version: str, numbers: tuple[int, ...]) -> None:
    assert packaging.numbers(version) == numbers


def test_macos_is_told_whose_evidence_files_are(packaging: ModuleType, tmp_path: Path) -> None:
    told = plistlib.loads(plistlib.dumps(packaging.mac_bundle("0.2.0", tmp_path)["info_plist"]))
    assert (told["CFBundleShortVersionString"], told["CFBundleVersion"]) == ("0.2.0", "0.2.0")
    (kind,) = told["UTExportedTypeDeclarations"]
    assert kind["UTTypeTagSpecification"] == {"public.filename-extension": [SUFFIX[1:]], "public.mime-type": [MIME]}
    assert told["CFBundleDocumentTypes"][0]["LSItemContentTypes"] == [kind["UTTypeIdentifier"]]
    rights = plistlib.loads((FOLDER / "macos" / "entitlements.plist").read_bytes())
    assert set(rights.values()) == {True}
    assert not any("app-sandbox" in each or "get-task-allow" in each for each in rights)


def test_windows_is_told_that_it_is_sharp_on_every_screen() -> None:
    tree = ET.fromstring((FOLDER / "windows" / "campaign-app.exe.manifest").read_text("utf-8"))
    told = {each.tag.rpartition("}")[2]: each.text for each in tree.iter()}
    assert told["dpiAwareness"] == "PerMonitorV2, PerMonitor"
    assert 'level="asInvoker"' in (FOLDER / "windows" / "campaign-app.exe.manifest").read_text("utf-8")


def test_linux_opens_evidence_by_a_command_that_there_is() -> None:
    entry = ConfigParser(interpolation=None)
    entry.read(FOLDER / "linux" / "campaign-app-evidence.desktop", "utf-8")
    program, group, command, file = shlex.split(entry["Desktop Entry"]["Exec"])
    (found,) = [each for each in app.registered_groups if each.name == group]
    assert found.typer_instance is not None
    assert command in {each.name for each in found.typer_instance.registered_commands}
    assert (program, file, entry["Desktop Entry"]["MimeType"]) == ("campaign-app", "%f", f"{MIME};")
    types = (FOLDER / "linux" / "campaign-app.xml").read_text("utf-8")
    assert (f'type="{MIME}"' in types, f'pattern="*{SUFFIX}"' in types) == (True, True)
    assert f"{group} {command} " in (FOLDER / "windows" / "campaign-app.iss").read_text("utf-8")


def test_the_workflow_runs_scripts_that_there_are() -> None:
    text = (ROOT / ".github" / "workflows" / "packages.yml").read_text("utf-8")
    assert set(yaml.safe_load(text)["jobs"]) == {"linux", "windows", "macos"}
    named = {each.replace("\\", "/") for each in re.findall(r"(?:packaging|tools)[/\\][\w/\\.]+\.(?:py|sh|ps1)", text)}
    assert len(named) > 5
    assert [each for each in named if not (ROOT / each).is_file()] == []


def test_the_workflow_takes_no_action_that_can_change_under_its_name() -> None:
    text = (ROOT / ".github" / "workflows" / "packages.yml").read_text("utf-8")
    used = re.findall(r"uses: (\S+)", text)
    assert used
    assert [each for each in used if re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", each) is None] == []


def test_every_sentence_of_the_setup_has_both_languages() -> None:
    text = (FOLDER / "windows" / "campaign-app.iss").read_text("utf-8")
    english, chinese = (set(re.findall(rf"^{language}\.(\w+)=", text, re.MULTILINE)) for language in ("en", "zh_CN"))
    assert english == chinese == set(re.findall(r"\{cm:(\w+)\}", text))
