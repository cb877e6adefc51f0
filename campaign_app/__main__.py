"""Starts the program: the command line, or the window once there is one."""

from __future__ import annotations

import sys


def main() -> None:
    from campaign_app.cli.main import main as run

    run()


def gui() -> None:
    """Entry point `campaign-app-gui`."""
    sys.stderr.write("这个版本还没有窗口，请使用命令行：campaign-app demo --headless\n")
    raise SystemExit(2)


if __name__ == "__main__":
    main()
