"""How many submit_sm a second one bind takes with receipts kept and acknowledged; prints JSON lines.

The centre is npm's `smpp` in node on the same machine (CAMPAIGN_APP_NODE_MODULES names the folder that holds it), so
its work counts too. Ours ends when every receipt is kept in an encrypted workspace and acknowledged.
The reference is PyPI's `smpplib` with the same window, which keeps nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

from smpplib import client as smpplib_client

from tests.helpers.smpp_centre import Centre
from tests.helpers.smpp_desk import SHORT, SmppDesk, messages

BATCH, TARGET = 500, 1_500


def ours(count: int) -> float:
    """Seconds; the batches are made before, as the gate's work is not the sender's."""
    with tempfile.TemporaryDirectory() as folder, Centre() as centre, SmppDesk(Path(folder) / "ws", centre.url) as desk:
        batches = [messages(BATCH, first=first) for first in range(0, count, BATCH)]
        desk.reports()
        began = time.perf_counter()
        for batch in batches:
            assert all(each.outcome == "accepted" for each in desk.submit(batch))
        while centre.order("counts")["acknowledged"] < count:
            time.sleep(0.01)
        took = time.perf_counter() - began
        assert len(set(centre.reached())) == count
        return took


def theirs(count: int, window: int) -> float:
    with Centre() as centre:
        client = smpplib_client.Client("127.0.0.1", centre.port, allow_unknown_opt_params=True)
        seen = {"answers": 0, "receipts": 0}

        def count_one(name: str) -> Any:
            def handler(pdu: Any) -> None:  # noqa: ARG001 - how it is called
                seen[name] += 1

            return handler

        client.set_message_sent_handler(count_one("answers"))
        client.set_message_received_handler(count_one("receipts"))
        client.connect()
        client.bind_transceiver(system_id="user", password="secret")
        text, sent, began = SHORT.encode("utf-16-be"), 0, time.perf_counter()
        while seen["receipts"] < count:
            while sent < count and sent - seen["answers"] < window:
                client.send_message(
                    source_addr="1069000", destination_addr=f"86138{sent:08d}", dest_addr_ton=1, dest_addr_npi=1,
                    short_message=text, data_coding=8, registered_delivery=True,
                )  # fmt: skip
                sent += 1
            client.read_once()
        took = time.perf_counter() - began
        client.unbind()
        client.disconnect()
        return took


def measured(count: int, rounds: int) -> None:
    """Ours and the floor in turn, so that both meet the same machine."""
    pairs = [(count / ours(count), count / theirs(count, 10)) for _ in range(rounds)]
    rates, floor = (sorted(each) for each in zip(*pairs, strict=True))
    figure = {
        "figure": "sender_smpp", "value": round(rates[rounds // 2]), "unit": "submit_sm/s", "target": TARGET,
        "floor": round(floor[rounds // 2]), "floor_is": "smpplib, window 10, nothing kept",
        "rounds": [round(rate) for rate in rates], "messages": count,
    }  # fmt: skip
    print(json.dumps(figure), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    measured(asked.messages, asked.rounds)


if __name__ == "__main__":
    main()
