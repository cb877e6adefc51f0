"""Signatures of JD, Pinduoduo and Meituan against vectors that others computed; whose they are stands in the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from campaign_app.platforms.jd.gateway import signature as jd
from campaign_app.platforms.jd.gateway import timestamp
from campaign_app.platforms.meituan.client import signature as meituan
from campaign_app.sandbox.vendors.signed_forms import flat
from campaign_app.transport.concatenated import concatenated, md5_between
from campaign_app.transport.forms import FORM, FormSigner, form
from campaign_app.transport.pinduoduo.calls import signature as pinduoduo

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "concatenated_signatures.json").read_text("utf-8")
)
SIGN: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {"jd": jd, "pinduoduo": pinduoduo, "meituan": meituan}
NAMES = st.text("abcXYZ_03", min_size=1, max_size=8)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["platform"] for vector in VECTORS])
def test_it_signs_as_the_vector_says(vector: dict[str, Any]) -> None:
    assert SIGN[vector["platform"]](vector["secret"], vector["params"]) == vector["sign"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["platform"] for vector in VECTORS])
def test_any_other_character_is_another_signature(vector: dict[str, Any]) -> None:
    sign = SIGN[vector["platform"]]
    assert sign(vector["secret"] + "x", vector["params"]) != vector["sign"]
    for name, value in vector["params"].items():
        assert sign(vector["secret"], {**vector["params"], name: value + "1"}) != vector["sign"]


def test_digits_come_before_letters_and_capitals_before_small_ones() -> None:
    assert concatenated({"a": "1", "B": "2", "360": "3"}) == "3603B2a1"


@given(st.dictionaries(NAMES.filter(lambda name: name != "sign"), st.text(max_size=20), max_size=8))
def test_client_and_simulator_write_the_same_text_each_by_its_own(params: dict[str, str]) -> None:
    assert concatenated(params) == flat({**params, "sign": "left out"})


def test_jd_writes_beijing_time_with_milliseconds() -> None:
    assert timestamp(datetime(2021, 5, 7, 1, 20, 39, 683_999, tzinfo=UTC)) == "2021-05-07 09:20:39.683+0800"


@given(st.dictionaries(NAMES, st.text("退订&=+% \n字😀ab", max_size=20), max_size=6))
def test_what_goes_over_the_wire_is_what_was_signed(asked: dict[str, str]) -> None:
    asked.pop("sign", None)
    request = requests.Request("POST", "http://127.0.0.1/x", data=form(asked), headers={"Content-Type": FORM}).prepare()
    signer = FormSigner(lambda now: {"zz": now.isoformat()}, lambda params: md5_between("secret", params))
    now = datetime(2026, 11, 26, tzinfo=UTC)
    signer.sign(request, now=now, nonce="")
    signer.sign(request, now=now, nonce="")  # a second attempt signs the same again
    read = {name: value for name, (value,) in parse_qs(str(request.body), keep_blank_values=True).items()}
    sign = read.pop("sign")
    assert read.pop("zz") == now.isoformat()
    assert read == asked
    assert sign == md5_between("secret", {**asked, "zz": now.isoformat()})
    assert request.headers["Content-Length"] == str(len(str(request.body)))
