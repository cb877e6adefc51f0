"""Starts the program: the window for no arguments, the command line for all others."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from campaign_app.streams import use_utf8

if TYPE_CHECKING:
    from pathlib import Path


def main() -> None:
    """Entry point `campaign-app`."""
    if len(sys.argv) == 1:
        gui()
    use_utf8()
    try:
        from campaign_app.cli.main import main as run
    except KeyboardInterrupt:
        # nothing is begun yet, here or in a process that a command has started beside itself
        raise SystemExit(130) from None
    run(window)


def gui() -> None:
    """Entry point `campaign-app-gui`."""
    use_utf8()
    raise SystemExit(window(folder=None, demo_customers=None))


def window(*, folder: Path | None, demo_customers: int | None, evidence: Path | None = None) -> int:
    """The window on the workspace in `folder`, on the user's own, on a demo's, or on a file of `evidence`.

    Returns the exit status.
    """
    from campaign_app.processes import NO_DISPLAY, has_display

    if not has_display():
        sys.stderr.write(NO_DISPLAY)
        return 2
    if evidence is not None:
        from campaign_app.ui import viewer

        return viewer.main(evidence)
    from campaign_app.ui import app

    return app.main(folder, demo_customers)


if __name__ == "__main__":
    main()
