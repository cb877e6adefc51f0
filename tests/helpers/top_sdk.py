"""py-taobao-open as a program of its own: calls as JSON on standard input, answers on standard output.

The library leaves its connections open, which a test process does not tolerate.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

SECONDS = 60


def call(
    host: str, port: int, app: tuple[str, str], session: str, calls: list[tuple[str, dict[str, Any]]]
) -> list[Any]:
    """Each call's answer, or of a refused one {"refused": code, "sub_code", "sub_msg"}; the last is the refused one."""
    asked = json.dumps({"host": host, "port": port, "app": app, "session": session, "calls": calls})
    command = [sys.executable, "-W", "ignore::ResourceWarning", "-m", "tests.helpers.top_sdk"]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Any] = json.loads(done.stdout)
    return found


def main() -> None:
    import taobao_open
    from taobao_open.api.base import RestApi, TopException

    asked = json.loads(sys.stdin.read())
    found: list[Any] = []
    for method, params in asked["calls"]:
        api = type("Api", (RestApi,), {"getapiname": lambda _self, name=method: f"taobao.{name}"})
        request = api(asked["host"], asked["port"])
        request.set_app_info(taobao_open.appinfo(*asked["app"]))
        for name, value in params.items():
            setattr(request, name, value)
        try:
            found.append(request.getResponse(asked["session"]))
        except TopException as refused:
            found.append({"refused": refused.errorcode, "sub_code": refused.subcode, "sub_msg": refused.submsg})
            break
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
