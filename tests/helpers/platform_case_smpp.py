"""An SMS centre under the fail-closed suite: it takes a login and knows nobody. No HTTP, so nothing is spoilt.

`tests/platforms/test_platforms_smpp.py` has what goes wrong at a centre.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseRequestHandler, ThreadingTCPServer

from campaign_app.conformance.adapters import PlatformCase, Running
from campaign_app.domain.consent import ConsentStatus
from campaign_app.domain.customer import Account
from campaign_app.transport.smpp.pdu import RESPONSE, Command, frames, packed

_ENTITY = "91330100MA0MN00023"


class _Centre(BaseRequestHandler):
    """Answers binds, enquiries and goodbyes, all of them with yes."""

    def handle(self) -> None:
        buffer = bytearray()
        while piece := self.request.recv(4_096):
            buffer += piece
            for pdu in frames(buffer):
                body = b"centre\0" if pdu.command == Command.BIND_TRANSMITTER else b""
                self.request.sendall(packed(pdu.command | RESPONSE, pdu.sequence, body))
                if pdu.command == Command.UNBIND:
                    return


@contextmanager
def _start() -> Iterator[Running]:
    with ThreadingTCPServer(("127.0.0.1", 0), _Centre) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"smpp://127.0.0.1:{server.server_address[1]}"
        options = {"source": "10690001", "prefix": "86", "rate": "50", "window": "10", "use": "test"}
        account = Account(
            1, "smpp", "c", url, _ENTITY, "127.0.0.1", "", "user", simulated=True, pinned_keys="", options=options
        )
        refs = (f"c-{number}" for number in range(5))
        nobody = dict.fromkeys(refs, ConsentStatus.UNKNOWN)
        yield Running(account, json.dumps({"password": "secret"}), people=0, refused=nobody)
        server.shutdown()
        thread.join()


def case() -> PlatformCase:
    return PlatformCase(name="smpp", start=_start, http=False)
