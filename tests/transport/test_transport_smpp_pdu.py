"""PDUs against somebody else's codec (PyPI's `smpplib`), whole, torn and broken."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib import smpp

from campaign_app.transport.smpp.pdu import (
    LONGEST,
    RESPONSE,
    Address,
    BrokenPdu,
    Command,
    Login,
    Pdu,
    bind,
    delivered,
    frames,
    message_id_of,
    packed,
    submit,
)

NUMBERS = st.text("0123456789", max_size=15)
PDUS = st.builds(Pdu, st.integers(0, 2**32 - 1), st.integers(0, 255), st.integers(1, 2**31 - 1), st.binary(max_size=80))


class Sequence:
    sequence = 7

    def next_sequence(self) -> int:
        return 7


def theirs(name: str, **fields: Any) -> bytes:
    made: bytes = smpp.make_pdu(name, client=Sequence(), **fields).generate()
    return made


def read(data: bytes) -> Pdu:
    (found,) = frames(bytearray(data))
    return found


def test_a_bind_is_what_the_other_codec_writes() -> None:
    ours = packed(Command.BIND_TRANSCEIVER, 7, bind(Login("user", "secret", "cp")))
    assert ours == theirs(
        "bind_transceiver", system_id="user", password="secret", system_type="cp", interface_version=0x34
    )


@given(NUMBERS, NUMBERS, st.binary(min_size=1, max_size=140), st.sampled_from([0, 8]), st.sampled_from([0, 0x40]))
def test_a_submit_is_what_the_other_codec_writes(source: str, to: str, data: bytes, coding: int, esm: int) -> None:
    ours = packed(Command.SUBMIT, 7, submit(Address(source), Address(to, 1, 1), data, coding=coding, esm_class=esm))
    assert ours == theirs(
        "submit_sm", source_addr=source, source_addr_ton=0, source_addr_npi=0, destination_addr=to, dest_addr_ton=1,
        dest_addr_npi=1, short_message=data, data_coding=coding, esm_class=esm, registered_delivery=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(1, "000000000001000R"), (41_405, "000000113005000R"), (90_000, "000001010000000R"), (10**9, "000099000000000R")],
)
def test_how_long_a_centre_may_try_is_counted_from_now_on(seconds: int, written: str) -> None:
    ours = submit(Address("1069"), Address("86138", 1, 1), b"x", coding=8, esm_class=0, valid=seconds)
    assert packed(Command.SUBMIT, 7, ours) == theirs(
        "submit_sm", source_addr="1069", source_addr_ton=0, source_addr_npi=0, destination_addr="86138",
        dest_addr_ton=1, dest_addr_npi=1, short_message=b"x", data_coding=8, esm_class=0, registered_delivery=1,
        validity_period=written,
    )  # fmt: skip


@given(NUMBERS, NUMBERS, st.binary(min_size=1, max_size=140), st.sampled_from([0, 4, 0x40]), st.sampled_from([0, 8]))
def test_a_delivery_of_the_other_codec_is_read(source: str, to: str, data: bytes, esm: int, coding: int) -> None:
    fields = {"source_addr": source, "destination_addr": to, "short_message": data, "esm_class": esm}
    found = delivered(read(theirs("deliver_sm", **fields, data_coding=coding, receipted_message_id="0A1b")))
    assert (found.source, found.destination, found.data, found.esm_class, found.coding) == (
        source,
        to,
        data,
        esm,
        coding,
    )
    assert found.tlvs[0x001E].rstrip(b"\0") == b"0A1b"


def test_a_long_text_lies_in_an_optional_parameter() -> None:
    found = delivered(read(theirs("deliver_sm", source_addr="1", destination_addr="2", message_payload=b"long")))
    assert found.data == b"long"


def test_a_data_sm_is_read_like_a_delivery() -> None:
    body = b"\0\1\0018613800000001\0\1\x011069000\0\x04\0\x08" + b"\x04\x24\0\x04id:7" + b"\0\x1e\0\x02a\0"
    found = delivered(Pdu(Command.DATA, 0, 1, body))
    assert (found.source, found.destination, found.esm_class, found.coding) == ("8613800000001", "1069000", 4, 8)
    assert (found.data, found.tlvs[0x1E]) == (b"id:7", b"a\0")


@given(st.lists(PDUS, max_size=6), st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_however_the_bytes_come_the_pdus_are_the_same(pdus: list[Pdu], sizes: list[int]) -> None:
    data = b"".join(packed(pdu.command, pdu.sequence, pdu.body, pdu.status) for pdu in pdus)
    buffer, found, at = bytearray(), [], 0
    while at < len(data):
        for size in sizes:
            buffer += data[at : at + size]
            at += size
            found += list(frames(buffer))
    assert found == pdus
    assert not buffer


@pytest.mark.parametrize("length", [0, 15, LONGEST + 1, 2**32 - 1])
def test_a_length_that_cannot_be_is_refused_after_what_came_before(length: int) -> None:
    buffer = bytearray(packed(Command.ENQUIRE_LINK, 3) + length.to_bytes(4, "big") + bytes(12))
    found = []
    with pytest.raises(BrokenPdu):
        found.extend(frames(buffer))
    assert buffer.startswith(length.to_bytes(4, "big"))


@given(st.binary(max_size=200))
def test_any_body_is_read_or_broken(body: bytes) -> None:
    for command in (Command.DELIVER, Command.DATA):
        with suppress(BrokenPdu):
            delivered(Pdu(command, 0, 1, body))


@pytest.mark.parametrize(("body", "expected"), [(b"0a1B\0", "0a1B"), (b"", ""), (b"\0", ""), (b"\xff\0", "\ufffd")])
def test_the_id_of_a_message_ends_at_its_zero(body: bytes, expected: str) -> None:
    assert message_id_of(body) == expected


def test_what_is_not_ascii_is_in_no_field() -> None:
    with pytest.raises(UnicodeEncodeError):
        bind(Login("用户", "secret"))
    assert Command.SUBMIT | RESPONSE == 0x80000004
    assert "secret" not in repr(Login("user", "secret"))
