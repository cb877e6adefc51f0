"""Somebody else's client of Meituan against our simulator: npm's @partme.ai/openclaw-meituan, driven by node.

It is no dependency of ours: CAMPAIGN_APP_NODE_MODULES names a `node_modules` that holds it (`npm install --no-save
@partme.ai/openclaw-meituan@2026.7.1`); without it or without node these tests are skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.sandbox import SandboxProcess
from tests.helpers.vendors import trouble

PACKAGE = "@partme.ai/openclaw-meituan"
FOUND = Path(os.environ.get("CAMPAIGN_APP_NODE_MODULES", "node_modules")) / PACKAGE
pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(not FOUND.is_dir(), reason=f"{PACKAGE} is not in CAMPAIGN_APP_NODE_MODULES"),
]
# the package is a plug-in of a program that it imports one name of
HOST = "export const definePluginEntry = (entry) => entry;\n"
ASK = """
import { MeituanClient, resolveMeituanConfig } from "@partme.ai/openclaw-meituan";
const { shop, ...raw } = JSON.parse(process.argv[2]);
const client = new MeituanClient(resolveMeituanConfig(raw, {}));
try {
  console.log(JSON.stringify(await client.invoke("shop", { ePoiIds: shop })));
} catch (error) {
  console.log(JSON.stringify({ refused: error.code ?? error.message }));
}
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    modules = tmp_path / "node_modules"
    shutil.copytree(FOUND, modules / PACKAGE)
    host = modules / "openclaw"
    host.mkdir()
    exports = {"./plugin-sdk/plugin-entry": "./entry.js"}
    (host / "package.json").write_text(json.dumps({"name": "openclaw", "type": "module", "exports": exports}))
    (host / "entry.js").write_text(HOST)
    script = tmp_path / "ask.mjs"
    script.write_text(ASK)
    return script


def ask(program: Path, sandbox: SandboxProcess, **changed: str) -> Any:
    known = {**sandbox.ready["vendors"]["meituan"], **changed}
    operation = {"name": "shop", "description": "the shop", "apiPath": "/waimai/poi/queryPoiInfo"}
    config = {
        "enabled": True,
        "apiBaseUrl": sandbox.url,
        "developerId": known["developer_id"],
        "signKey": known["sign_key"],
        "appAuthToken": known["app_auth_token"],
        "operations": [{**operation, "businessId": 2, "requiresAuth": True, "riskLevel": "read"}],
        "shop": known["key_id"],
    }
    done = subprocess.run(
        ["node", str(program), json.dumps(config)], capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_its_request_is_what_the_simulator_wants(program: Path, vendors: SandboxProcess) -> None:
    found = ask(program, vendors)
    assert (found["code"], found["data"][0]["name"]) == ("OP_SUCCESS", vendors.shops[0].name)


def test_with_another_key_it_is_refused(program: Path, vendors: SandboxProcess) -> None:
    assert ask(program, vendors, sign_key="another")["refused"] == "SIM_SIGN"


def test_it_takes_every_other_code_for_a_refusal_as_we_do(program: Path, vendors: SandboxProcess) -> None:
    trouble(vendors, "meituan", error="OP_SOMETHING")
    assert ask(program, vendors)["refused"] == "OP_SOMETHING"
