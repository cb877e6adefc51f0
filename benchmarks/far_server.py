"""What a desktop waits for where its team's server is some milliseconds away; one JSON line a figure.

    python benchmarks/far_server.py --server postgresql://user@host:port/ --latency 50

The password is in PGPASSWORD. A database `far`, which must not be there, is made and kept. What is said to the server
and by it arrives so much later that there and back is `--latency`. Beside each figure stands how many such waits it is.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

from dispatch import show
from scale import make_database

from campaign_app import bootstrap
from campaign_app.credentials import MemoryKeeper
from campaign_app.domain.audience import Filter
from campaign_app.domain.customer import Entity
from campaign_app.storage.server import Server

ENTITY = Entity("91310000MA1FL0000X", "安宁百货有限公司")
CAMPAIGNS = 50


class Distance:
    """A relay on this computer; `port` is known once it has begun."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server, self._late, self.port = server, seconds / 2, 0
        begun = Event()
        Thread(target=lambda: asyncio.run(self._serve(begun)), daemon=True).start()
        begun.wait()

    async def _serve(self, begun: Event) -> None:
        serving = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = serving.sockets[0].getsockname()[1]
        begun.set()
        await serving.serve_forever()

    async def _meet(self, from_here: asyncio.StreamReader, to_here: asyncio.StreamWriter) -> None:
        from_there, to_there = await asyncio.open_connection(self._server.host, self._server.port)
        await asyncio.gather(self._carry(from_here, to_there), self._carry(from_there, to_here))

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        loop, said = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

        async def hand_on() -> None:
            while (each := await said.get())[1]:
                await asyncio.sleep(each[0] - loop.time())
                target.write(each[1])
            target.close()

        handing = asyncio.create_task(hand_on())
        with suppress(OSError):
            while each := await source.read(1 << 16):
                said.put_nowait((loop.time() + self._late, each))
        said.put_nowait((0.0, b""))
        await handing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", required=True)
    parser.add_argument("--latency", type=float, default=50.0, help="milliseconds, there and back")
    options = parser.parse_args()
    near = Server.parse(f"{options.server.rstrip('/')}/far")
    make_database(near)
    far = replace(near, port=Distance(near, options.latency / 1000).port)
    key, password = MemoryKeeper(secrets.token_bytes(32)), os.environ.get("PGPASSWORD", "")

    def timed(figure: str, what: Callable[[], object], times: int = 5) -> None:
        what()
        began = time.perf_counter()
        for _ in range(times):
            what()
        took = (time.perf_counter() - began) / times * 1000
        show(figure, round(took), waits=round(took / options.latency, 1), latency_ms=options.latency)

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "ws"
        bootstrap.create_team(home, key, far.address, password).close()
        timed("open_ms", lambda: bootstrap.open_app(home, key).close(), 2)
        with bootstrap.open_app(home, key) as app:
            app.workspace.accounts.add_entity(ENTITY)
            made = [
                app.campaigns.create(
                    name=f"b{n}", entity_uscc=ENTITY.uscc, purpose="retail", audience=Filter(), actor="benchmark"
                ).id
                for n in range(CAMPAIGNS)
            ]
            timed("campaigns_ms", app.campaigns.all)
            timed("campaign_ms", lambda: app.campaigns.get(made[0]))
            timed("edit_ms", lambda: app.campaigns.edit(made[0], body=secrets.token_hex(4), actor="benchmark"))
            timed("preflight_ms", lambda: app.preflights.look(made[0]))


if __name__ == "__main__":
    main()
