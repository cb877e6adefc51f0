"""`campaign-app update`: whether there is a newer release. It only tells; nothing is downloaded and nothing is run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from campaign_app.cli.follow import show
from campaign_app.cli.keys import JsonOption
from campaign_app.cli.telling import Labels, unless
from campaign_app.cli.usage import Commands

if TYPE_CHECKING:
    from campaign_app.updates import Desk, Found

update = Commands(no_args_is_help=True, help="更新：查看有没有新版本。只告知，不下载，不自动安装。")

_LANGUAGES: Final = {"zh_CN": "中文", "en": "英文"}
_RELEASE: Final[Labels] = {
    "installed": ("正在用的版本", None),
    "version": ("发布的版本", None),
    "newer": ("有新版本", None),
    "first": ("须先安装", None),
    "date": ("发布日期", None),
    "expires": ("清单有效到", None),
    "changes": ("改了什么", lambda told: {_LANGUAGES.get(name, name): said for name, said in told.items()}),
    "files": ("安装包的 SHA-256", None),
}
_ADDRESS: Final[Labels] = {"address": ("发布清单的地址", unless("没有设置"))}


@update.callback()
def group() -> None:
    """更新：查看有没有新版本。只告知，不下载，不自动安装。"""


@update.command("check")
def check(
    file: Annotated[
        Path | None, typer.Option("--file", metavar="MANIFEST", help="不联网：检查这个发布清单文件。")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """验证发布清单的签名，说出有没有新版本、改了什么、各安装包的哈希。"""
    asked = _desk()
    found = asked.check() if file is None else asked.check_file(file)
    told = _told(found)
    if not as_json:  # as `sha256sum --check` reads them
        told["files"] = "".join(f"\n{each.sha256}  {each.name}" for each in found.release.files)
    show(told, _RELEASE, as_json=as_json)


@update.command("address")
def address(
    url: Annotated[str | None, typer.Argument(metavar="[URL]", help='发布清单的地址；"" 清除；不写则显示。')] = None,
    as_json: JsonOption = False,
) -> None:
    """查看或设置这台电脑上的发布清单地址；没有内置地址。"""
    asked = _desk()
    if url is not None:
        asked.use(url.strip())
    show({"address": asked.address}, _ADDRESS, as_json=as_json)


def _desk() -> Desk:
    from campaign_app import updates
    from campaign_app.clocks import system_clock

    return updates.desk(system_clock)


def _told(found: Found) -> dict[str, Any]:
    release = found.release
    return {
        "installed": found.installed,
        "version": release.version,
        "newer": found.newer,
        "first": found.first,
        "date": f"{release.date:%Y-%m-%d}",
        "expires": f"{release.expires:%Y-%m-%d}",
        "changes": dict(release.changes),
        "files": [{"name": each.name, "sha256": each.sha256, "size": each.size} for each in release.files],
    }
