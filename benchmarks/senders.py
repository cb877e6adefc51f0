"""How many recipients a second leave through a provider's gateway to its simulator, over HTTP on the same machine.

`python -m benchmarks.senders [--sender NAME] [--customers N] [--rounds N] [--own-words]` prints one JSON line a sender.
`gateway` is `submit`, in batches as large as it takes, from the texts that were checked to the outcomes: templates,
signing, HTTP, the simulator's work. `floor` is a hand-written loop that knows template and values beforehand, and makes
and signs the same requests, one after the other. With `--own-words` hardly two texts are the same: at Tencent each is a
request then. Another HTTP sender is one line in `FLOORS`; `--sender smpp` is `benchmarks/smpp.py`, whose centre needs
node. Whoever asks for no sender gets all that can be measured here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, NamedTuple

import requests

from benchmarks import smpp
from campaign_app.consent import Ask, ConfirmedRecipient, Outgoing, Person, Policy, decide
from campaign_app.domain.consent import CustomerRef
from campaign_app.domain.customer import Account
from campaign_app.domain.message import Outcome
from campaign_app.gateways import Means, gateway_for
from campaign_app.platforms import adapter_for, client_for, write_credentials
from campaign_app.transport.aliyun import AcsKey, AcsSigner, canonical
from campaign_app.transport.tencent import Tc3Key, Tc3Signer

TARGET: Final = 2_000
TEMPLATE: Final = "${name}您好，拒收请回复R"
_nonces = count(1)
# a batch under a key: (number, value of the template's variable) of each
Floor = Callable[[str, Sequence[tuple[str, str]]], None]


class People(NamedTuple):
    entity_uscc: str
    account_id: int
    recipients: list[ConfirmedRecipient]


def clock() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


@contextmanager
def sandbox(customers: int) -> Iterator[dict[str, Any]]:
    """Nobody reacts meanwhile: who answers with a refusal would be unconfirmed for the rest of the run."""
    command = [sys.executable, "-m", "campaign_app.cli.sandbox", "--parent-watch", "--customers", str(customers)]
    command += ["--delay", "86400"]
    with subprocess.Popen([*command, "--port", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        yield json.loads(server.stdout.readline())
        server.communicate(timeout=10)


def confirmed(ready: Mapping[str, Any]) -> People:
    """Everybody of the first shop whom the gate lets through, once a number, decided now."""
    shop = ready["shops"][0]
    asked = Account(1, "consent_api", "", ready["url"], "", "", "", shop["key_id"], simulated=True, pinned_keys="")
    report = client_for(asked, shop["private_key"], clock).check_connection()
    account = replace(
        asked, entity_uscc=report.entity_uscc, issuer_uscc=report.issuer_uscc, pinned_keys=report.pinned_keys
    )
    client = client_for(account, shop["private_key"], clock)
    found: dict[object, ConfirmedRecipient] = {}
    cursor, more = "", True
    while more:
        page = client.customers(cursor, None)
        cursor, more = page.next_cursor, page.more
        refs = {c: CustomerRef(1, c.ref) for c in page.items if c.phone is not None}
        facts = client.consents(list(refs.values())).facts if refs else {}
        now = clock()
        ask = Ask(1, "retail", account.entity_uscc, now, now, Policy(), needs_phone=True, simulated_sender=True)
        for customer, ref in refs.items():
            one = decide(Person(1, 1, facts[ref], (), customer.phone), ask)
            if isinstance(one, ConfirmedRecipient):
                found.setdefault(customer.phone, one)
    return People(account.entity_uscc, 1, list(found.values()))


def sender_account(ready: Mapping[str, Any], name: str, people: People) -> tuple[Account, str]:
    typed, offer = ready["vendors"][name], adapter_for(name)
    secrets = {each.name: typed[each.name] for each in offer.fields if each.secret}
    options = {each.name: typed[each.name] for each in offer.fields if not each.secret and each.name in typed}
    account = Account(
        people.account_id, name, "", ready["url"], people.entity_uscc, offer.issuer, offer.issuer_name, typed["key_id"],
        simulated=True, pinned_keys="", options=options,
    )  # fmt: skip
    return account, write_credentials(secrets)


def aliyun(ready: Mapping[str, Any]) -> Floor:
    said, session = ready["vendors"]["aliyun"], requests.Session()
    session.trust_env = False
    signer = AcsSigner(AcsKey(said["key_id"], said["access_key_secret"]))

    def send(key: str, batch: Sequence[tuple[str, str]]) -> None:
        for at in range(0, len(batch), 100):
            some = batch[at : at + 100]
            form = {
                "PhoneNumberJson": json.dumps([phone for phone, _ in some]),
                "SignNameJson": json.dumps(["安宁百货"] * len(some)),
                "TemplateParamJson": json.dumps([{"name": value} for _, value in some]),
            }
            url = f"{ready['url']}/?{canonical({'TemplateCode': 'SMS_1002', 'OutId': key})}"
            headers = {"x-acs-action": "SendBatchSms", "Content-Type": "application/x-www-form-urlencoded"}
            request = session.prepare_request(requests.Request("POST", url, headers, data=canonical(form)))
            signer.sign(request, now=clock(), nonce=f"floor-{next(_nonces)}")
            assert session.send(request).json()["Code"] == "OK"

    return send


def tencent(ready: Mapping[str, Any]) -> Floor:
    """Numbers with the same value share a request; SendSms takes one set of values."""
    said, session = ready["vendors"]["tencent"], requests.Session()
    session.trust_env = False
    signer = Tc3Signer(Tc3Key(said["secret_id"], said["secret_key"]), said["region"])
    headers = {"X-TC-Action": "SendSms", "Content-Type": "application/json"}

    def send(key: str, batch: Sequence[tuple[str, str]]) -> None:
        alike: dict[str, list[str]] = {}
        for phone, value in batch:
            alike.setdefault(value, []).append(f"+86{phone}")
        for value, phones in alike.items():
            for at in range(0, len(phones), 200):
                asked = {
                    "PhoneNumberSet": phones[at : at + 200], "SmsSdkAppId": said["key_id"], "SignName": "安宁百货",
                    "TemplateId": "1007", "TemplateParamSet": [value], "SessionContext": key,
                }  # fmt: skip
                data = json.dumps(asked, ensure_ascii=False).encode()
                request = session.prepare_request(requests.Request("POST", f"{ready['url']}/", headers, data=data))
                signer.sign(request, now=clock(), nonce="")
                assert "SendStatusSet" in session.send(request).json()["Response"]

    return send


FLOORS: Final[Mapping[str, Callable[[Mapping[str, Any]], Floor]]] = {"aliyun": aliyun, "tencent": tencent}


def measured(ready: Mapping[str, Any], name: str, rounds: int, *, own_words: bool) -> None:
    people = confirmed(ready)
    account, secret = sender_account(ready, name, people)
    gateway, floor = gateway_for(account, secret, "retail", clock, Means()), FLOORS[name](ready)
    rates: dict[str, list[float]] = {"gateway": [], "floor": []}
    most = gateway.capabilities.batch_max
    for number in range(rounds):
        recipients = confirmed(ready).recipients  # the gate's word holds for a minute
        values = [f"顾客{number}之{at if own_words else 0}" for at in range(len(recipients))]
        texts = ["【安宁百货】" + TEMPLATE.replace("${name}", value) for value in values]
        batch = [Outgoing(who, f"m{number}-{at}", texts[at]) for at, who in enumerate(recipients)]
        start = time.perf_counter()
        for at in range(0, len(batch), most):
            found = gateway.submit(f"bench-{number}-{at}", batch[at : at + most])
            assert {o.outcome for o in found} <= {Outcome.ACCEPTED, Outcome.REJECTED}
        rates["gateway"].append(len(batch) / (time.perf_counter() - start))
        numbers = [who.phone.digits for who in recipients if who.phone]
        pairs = list(zip(numbers, (f"底{value}" for value in values), strict=True))
        start = time.perf_counter()
        for at in range(0, len(pairs), most):
            floor(f"floor-{number}-{at}", pairs[at : at + most])
        rates["floor"].append(len(pairs) / (time.perf_counter() - start))
    ledger = requests.get(f"{ready['url']}/ledger", timeout=30).json()
    line = {
        "figure": f"sender_{name}", "value": round(max(rates["gateway"])), "unit": "recipients/s", "target": TARGET,
        "floor": round(max(rates["floor"])), "recipients": len(people.recipients), "rounds": rounds,
        "own_words": own_words, "doubled": ledger["doubled"], "unconfirmed": ledger["unconfirmed"],
    }  # fmt: skip
    print(json.dumps(line), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sender", choices=[*sorted(FLOORS), "smpp"], action="append")
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--own-words", action="store_true")
    asked = parser.parse_args()
    for name in asked.sender or [*sorted(FLOORS), *(["smpp"] if os.environ.get("CAMPAIGN_APP_NODE_MODULES") else [])]:
        if name == "smpp":
            smpp.measured(2 * asked.customers, asked.rounds)
            continue
        with sandbox(asked.customers) as ready:
            measured(ready, name, asked.rounds, own_words=asked.own_words)


if __name__ == "__main__":
    main()
