"""`campaign-app sandbox`: a simulated platform on this machine, for the demo and for tests."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from socket import socket
from threading import Thread  # noqa: TID251 - a blocking read of stdin outlives any pool
from typing import Annotated, Final, NoReturn

import typer

from campaign_app.streams import use_utf8

LOOPBACK: Final = "127.0.0.1"
USAGE: Final = 2
SEED_MAX: Final = 2**63 - 1

app = typer.Typer(add_completion=False)


@app.command()
def sandbox(
    port: Annotated[str, typer.Option(metavar="N", help="端口；0 表示任选一个空闲端口")] = "0",
    customers: Annotated[str, typer.Option(metavar="N", help="模拟客户数")] = "10000",
    seed: Annotated[str, typer.Option(metavar="N", help="随机种子：相同的种子得到相同的数据")] = "1",
    faults: Annotated[str, typer.Option(help="故障方案名，或 名称=比率,名称=比率")] = "none",
    bind: Annotated[str, typer.Option(help="监听的 IP 地址；默认只对本机开放")] = LOOPBACK,
    delay: Annotated[str, typer.Option(metavar="N", help="从受理到回执和回复的秒数")] = "0",
    calm: Annotated[bool, typer.Option("--calm", help="没有人自行拒收、回复或投诉")] = False,
    parent_watch: Annotated[bool, typer.Option("--parent-watch", help="标准输入关闭时自动退出")] = False,
) -> None:
    """启动模拟平台（数据均为虚构），就绪后在标准输出打印一行 JSON。"""
    from campaign_app.processes import look_for_cycles_less_often
    from campaign_app.sandbox import SandboxConfig, ready_line, serve
    from campaign_app.sandbox.config import CUSTOMERS_MAX

    config = SandboxConfig(
        clock=_now,
        customers=_number("--customers", customers, 1, CUSTOMERS_MAX),
        seed=_number("--seed", seed, 0, SEED_MAX),
        faults=_checked_faults(faults),
        reaction_delay=_number("--delay", delay, 0, 86_400),
        calm=calm,
    )
    listener = _listener(bind, _number("--port", port, 0, 65_535))

    def on_ready(stop: Callable[[], None]) -> None:
        typer.echo(ready_line(config, listener))
        sys.stdout.flush()
        if parent_watch:
            # a daemon: nothing may wait for a read that can only end with the parent
            Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()

    look_for_cycles_less_often()
    serve(config, listener, on_ready)


def _stop_with_parent(stop: Callable[[], None]) -> None:
    while sys.stdin.buffer.read(4_096):
        pass
    stop()


def _checked_faults(text: str) -> str:
    from campaign_app.sandbox.faults import FaultsRefused, parse_faults

    try:
        parse_faults(text)
    except FaultsRefused as error:
        _refuse(f"--faults 无法使用：{error}。")
    return text


def _listener(bind: str, port: int) -> socket:
    from campaign_app.sandbox import bound_socket

    try:
        loopback = ip_address(bind).is_loopback
    except ValueError:
        _refuse(f"--bind 不是 IP 地址：{bind}。")
    if not loopback:
        typer.echo(f"警告：模拟平台将在 {bind} 上对其他机器开放，其密钥是公开的。", err=True)
    try:
        return bound_socket(bind, port)
    except OSError as error:
        _refuse(f"无法监听 {bind} 的端口 {port}（{error.strerror}），请换一个端口或地址。")


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,20}", text, re.ASCII) or not least <= int(text) <= most:
        _refuse(f"{name} 应为 {least} 到 {most} 之间的整数，而不是 {text}。")
    return int(text)


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(USAGE)


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


if __name__ == "__main__":
    use_utf8()
    app()
