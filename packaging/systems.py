"""What Windows and macOS are told of the program: icon, version, signature. `build.spec` asks for it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

import icons

# whoever publishes under a domain of their own puts it here before the first signed release
MAC_ID: Final = "local.yunfa.campaign-app"
NAME: Final = "允发 Yunfa"
HERE: Final = Path(__file__).resolve().parent
EVIDENCE: Final = "local.yunfa.evidence"


def marks(version: str, folder: Path) -> dict[str, Any]:
    """The arguments of PyInstaller's EXE that are a system's own."""
    if sys.platform == "win32":
        return {
            "icon": str(icons.windows(folder / "yunfa.ico")),
            "version": _version_resource(version),
            "manifest": (HERE / "windows" / "campaign-app.exe.manifest").read_text("utf-8"),
        }
    if sys.platform == "darwin":
        return {
            "icon": str(icons.mac(folder / "yunfa.icns")),
            "codesign_identity": os.environ.get("MAC_SIGNING_IDENTITY") or None,
            "entitlements_file": str(HERE / "macos" / "entitlements.plist"),
            "target_arch": None,
        }
    return {}


def numbers(version: str) -> tuple[int, int, int, int]:
    """Of a version as Windows wants it: four numbers, without words such as rc1."""
    found = [int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3]]
    one, two, three = (*found, 0, 0, 0)[:3]
    return one, two, three, 0


def _version_resource(version: str) -> Any:
    from PyInstaller.utils.win32 import versioninfo as win

    words = {
        "CompanyName": "Yunfa contributors",
        "FileDescription": NAME,
        "FileVersion": version,
        "InternalName": "campaign-app",
        "LegalCopyright": "Apache-2.0",
        "OriginalFilename": "campaign-app.exe",
        "ProductName": NAME,
        "ProductVersion": version,
    }
    table = win.StringTable("080404B0", [win.StringStruct(name, value) for name, value in words.items()])
    fixed = win.FixedFileInfo(
        filevers=numbers(version), prodvers=numbers(version), mask=0x3F, flags=0, OS=0x40004, fileType=1, subtype=0
    )
    return win.VSVersionInfo(
        ffi=fixed,
        kids=[win.StringFileInfo([table]), win.VarFileInfo([win.VarStruct("Translation", [0x0804, 1200])])],
    )


def mac_bundle(version: str, folder: Path) -> dict[str, Any]:
    """The arguments of PyInstaller's BUNDLE, Info.plist among them."""
    kind = {
        "UTTypeIdentifier": EVIDENCE,
        "UTTypeDescription": "Yunfa evidence",
        "UTTypeConformsTo": ["public.data"],
        "UTTypeTagSpecification": {
            "public.filename-extension": ["yunfa"],
            "public.mime-type": ["application/vnd.yunfa.evidence"],
        },
    }
    document = {"CFBundleTypeName": "Yunfa evidence", "CFBundleTypeRole": "Viewer", "LSItemContentTypes": [EVIDENCE]}
    plist = {
        "CFBundleDisplayName": NAME,
        "CFBundleExecutable": "campaign-app-gui",
        "CFBundleShortVersionString": ".".join(map(str, numbers(version)[:3])),
        "CFBundleVersion": ".".join(map(str, numbers(version)[:3])),
        "CFBundleDevelopmentRegion": "zh_CN",
        "CFBundleLocalizations": ["zh_CN", "en"],
        "CFBundleDocumentTypes": [document | {"LSHandlerRank": "Owner"}],
        "UTExportedTypeDeclarations": [kind],
        "LSMinimumSystemVersion": "14.0",  # of the wheel of numpy that pip chooses
        "LSApplicationCategoryType": "public.app-category.business",
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "Apache-2.0",
    }
    return {"icon": str(icons.mac(folder / "yunfa.icns")), "version": version, "info_plist": plist}
