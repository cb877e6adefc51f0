"""The sandbox as a real child process, and a plain signed client of it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import IO, Any, Self

import requests

from campaign_app.transport.receipts import unb64u
from campaign_app.transport.signing import RequestSigner

START_SECONDS = 60
ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class SandboxShop:
    """One shop of the ready line."""

    shop: str
    name: str
    entity_uscc: str
    key_id: str
    private_key: str  # base64url of the seed, as the ready line has it

    def signer(self) -> RequestSigner:
        return RequestSigner(self.key_id, unb64u(self.private_key))


class SandboxProcess:
    """`with SandboxProcess(customers=500) as sandbox:` — starts it on a free port, and ends it whatever happens.

    What the sandbox draws for a message follows from its id: a test whose ids depend on the tests before it asks for
    `calm` people, or counts with those who are refused or answer.
    """

    def __init__(
        self,
        *,
        customers: int = 2_000,
        seed: int = 1,
        faults: str = "none",
        delay: int = 0,
        port: int = 0,
        calm: bool = False,
    ) -> None:
        self._args = [
            *(sys.executable, "-m", "campaign_app.cli.sandbox", "--parent-watch"),
            *("--customers", str(customers), "--seed", str(seed), "--faults", faults, "--delay", str(delay)),
            *("--port", str(port), *["--calm"] * calm),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self.ready: dict[str, Any] = {}

    def start(self) -> Self:
        # no pipe: one that nobody reads would stop a server with much to say
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `stop` reads and closes it
        self._process = subprocess.Popen(self._args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the sandbox did not start: {self.stop()}")
        self.ready = json.loads(line)
        return self

    def stop(self) -> str:
        """Ends it by closing its standard input; returns what it wrote on its standard error."""
        if self._process is None or self._errors is None:
            return ""
        process, self._process = self._process, None
        try:
            process.communicate(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        with self._errors as errors:
            errors.seek(0)
            return errors.read().decode()

    def kill(self) -> None:
        """As a server that is gone from one moment to the next; it forgets everything."""
        assert self._process is not None
        self._process.kill()
        self.stop()

    def start_again(self, *, seed: int) -> None:
        """At the same address; with the same seed it has the same people and keys."""
        for name, value in (("--port", self.url.rpartition(":")[2]), ("--seed", str(seed))):
            self._args[self._args.index(name) + 1] = value
        self.start()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    # --- what the ready line says ---

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    @property
    def shops(self) -> tuple[SandboxShop, ...]:
        return tuple(
            SandboxShop(s["shop"], s["name"], s["entity"]["uscc"], s["key_id"], s["private_key"])
            for s in self.ready["shops"]
        )

    # --- what only a sandbox has ---

    def ledger(self) -> dict[str, Any]:
        """accepted, doubled, unconfirmed, by_campaign."""
        return self._admin("GET", "/ledger")

    def ledger_rows(self) -> Iterator[dict[str, Any]]:
        """Every acceptance, oldest first."""
        after: int | None = 0
        while after is not None:
            page = self._admin("GET", f"/ledger/rows?after={after}&limit=10000")
            yield from page["rows"]
            after = page["next"]

    def faults(
        self, profile: str | None = None, *, clear: bool = False, rules: Sequence[Mapping[str, Any]] = (), **rule: Any
    ) -> dict[str, Any]:
        """`faults("flaky")`, `faults("throttle=0.5")`, or one ordered fault:

        `faults(fault="cut_body", path="/v1/messages", times=1, after=0, seconds=0.1)`, or several `rules`.
        Answers what is set and fired.
        """
        return self._admin(
            "POST", "/sandbox/faults", profile=profile, clear=clear, next=[*rules, *([rule] if rule else [])]
        )

    def set_consent(self, shop: str, ref: str, status: str, **facts: Any) -> None:
        """Changes one person's truth: method, channel, purposes, entity_uscc, obtained_at, expires_at, withdrawn_at."""
        self._admin("POST", "/sandbox/consents", shop=shop, ref=ref, status=status, **facts)

    def reply(self, shop: str, ref: str, text: str) -> None:
        self._admin("POST", "/sandbox/inbound", shop=shop, ref=ref, text=text)

    def complain(self, shop: str, ref: str, provider_id: str = "") -> None:
        self._admin("POST", "/sandbox/complaints", shop=shop, ref=ref, provider_id=provider_id)

    def skew_clock(self, seconds: float) -> None:
        self._admin("POST", "/sandbox/clock", seconds=seconds)

    def rotate_keys(self, published: list[str], signing: str, *, changed: list[str] | None = None) -> None:
        """The keys of receipts: which are published, which signs, which are others under their old name."""
        self._admin("POST", "/sandbox/receipt-keys", published=published, signing=signing, changed=changed or [])

    def withhold(self, *capabilities: str) -> None:
        """The server does not offer these (names as in /v1/meta) from now on; none: it offers everything."""
        self._admin("POST", "/sandbox/capabilities", withheld=list(capabilities))

    def redact(self, shop: str, ref: str) -> None:
        self._admin("POST", "/sandbox/redactions", shop=shop, ref=ref)

    def forget_keys(self) -> int:
        """As a platform does after seven days; says how many idempotency keys it had kept."""
        return int(self._admin("DELETE", "/sandbox/keys")["forgotten"])

    def _admin(self, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        answer = requests.request(method, self.url + path, json=body or None, timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        data: dict[str, Any] = answer.json()
        return data

    def client(self, shop: str = "S1") -> SandboxClient:
        (found,) = (s for s in self.shops if s.shop == shop)
        return SandboxClient(self.url, found.signer())


class SandboxClient:
    """A plain signed client for tests of the server; it neither retries nor judges."""

    def __init__(self, url: str, signer: RequestSigner, timeout: float = ANSWER_SECONDS) -> None:
        self._url = url
        self._signer = signer
        self.timeout = timeout

    def prepared(
        self, method: str, path: str, body: Any = None, *, at: datetime | None = None, **headers: str
    ) -> requests.PreparedRequest:
        """Signed and ready to be sent; `body` is bytes or becomes JSON. Underscores in header names are hyphens."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body, ensure_ascii=False).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if data is not None:
            named.setdefault("Content-Type", "application/json")
        request = requests.Request(method, self._url + path, data=data, headers=named).prepare()
        now = at or datetime.fromtimestamp(time.time(), UTC)
        self._signer.sign(request, now=now, nonce=secrets.token_urlsafe(18))
        return request

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        with requests.Session() as session:
            return session.send(request, timeout=self.timeout)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        return self.send(self.prepared(method, path, body, **headers))

    def get(self, path: str) -> dict[str, Any]:
        return self._ok(self.call("GET", path))

    def post(self, path: str, body: Any, **headers: str) -> dict[str, Any]:
        return self._ok(self.call("POST", path, body, **headers))

    def pages(self, path: str, name: str, limit: int = 1_000) -> Iterator[dict[str, Any]]:
        """Every item of a list."""
        cursor, more, joint = "", True, "&" if "?" in path else "?"
        while more:
            page = self.get(f"{path}{joint}cursor={cursor}&limit={limit}")
            yield from page[name]
            cursor, more = page["next_cursor"], page["has_more"]

    def lookup(self, refs: list[str], nonce: str = "n" * 16) -> dict[str, Any]:
        return self.post("/v1/consents/lookup", {"refs": refs, "nonce": nonce})

    def submit(self, key: str, messages: dict[str, str], purpose: str = "retail", text: str = "【安宁】hi") -> Any:
        """`messages`: message id → ref."""
        body = {
            "purpose": purpose,
            "messages": [{"message_id": m, "ref": r, "text": text} for m, r in messages.items()],
        }
        return self.post("/v1/messages", body, Idempotency_Key=key)

    def _ok(self, answer: requests.Response) -> dict[str, Any]:
        assert answer.status_code == 200, answer.text
        data: dict[str, Any] = answer.json()
        return data
