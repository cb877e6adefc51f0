"""PDUs of SMPP 3.4 as bytes: those that a client sends, and those that it is sent. Numbers are big-endian.

Published: SMPP v3.4 issue 1.2, chapters 4 and 5. Nothing here keeps a state or knows a socket.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from struct import Struct
from typing import Final, NamedTuple

RESPONSE: Final = 0x8000_0000
LONGEST: Final = 65_536
INTERFACE: Final = 0x34
UDHI: Final = 0x40
RECEIPT: Final = 0x04
INTERMEDIATE: Final = 0x20
# of esm_class: what kind of message it is
KIND: Final = 0x3C
TAG_RECEIPTED_ID: Final = 0x001E
TAG_STATE: Final = 0x0427
TAG_PAYLOAD: Final = 0x0424
TAG_REF, TAG_TOTAL, TAG_NUMBER = 0x020C, 0x020E, 0x020F
_LONGEST_SPAN: Final = 99 * 86_400
_HEADER: Final = Struct(">IIII")
_TLV: Final = Struct(">HH")


class Command(IntEnum):
    """What a client has to do with; the answer to each is the same with `RESPONSE` added."""

    BIND_TRANSMITTER = 0x02
    SUBMIT = 0x04
    DELIVER = 0x05
    UNBIND = 0x06
    BIND_TRANSCEIVER = 0x09
    ENQUIRE_LINK = 0x15
    DATA = 0x103
    NACK = RESPONSE


class Pdu(NamedTuple):
    """One whole PDU. `status` is 0 in requests."""

    command: int
    status: int
    sequence: int
    body: bytes


class BrokenPdu(Exception):
    """Bytes that no SMPP peer may send; nothing after them can be read."""


@dataclass(frozen=True, slots=True)
class Login:
    """What a bind names; `password` has at most 8 characters by the specification, which many centres exceed."""

    system_id: str
    password: str = field(repr=False)
    system_type: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """A number with its kind: `ton` 1 is international, 0 unknown; `npi` 1 is the telephone numbering plan."""

    number: str
    ton: int = 0
    npi: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """A deliver_sm or data_sm: a receipt or somebody's reply. `data` is without a header in front.

    `cut`: the optional parameters could not be read to their end, and the text may have been one of the others.
    """

    source: str = field(repr=False)
    destination: str
    esm_class: int
    coding: int
    data: bytes = field(repr=False)
    tlvs: Mapping[int, bytes] = field(repr=False)
    cut: bool = False


def frames(buffer: bytearray) -> Iterator[Pdu]:
    """Takes whole PDUs off the front of the buffer. Raises BrokenPdu for a length that cannot be."""
    start = 0
    try:
        while len(buffer) - start >= _HEADER.size:
            length, command, status, sequence = _HEADER.unpack_from(buffer, start)
            if not _HEADER.size <= length <= LONGEST:
                raise BrokenPdu
            if len(buffer) - start < length:
                break
            yield Pdu(command, status, sequence, bytes(buffer[start + _HEADER.size : start + length]))
            start += length
    finally:
        del buffer[:start]


def packed(command: int, sequence: int, body: bytes = b"", status: int = 0) -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), command, status, sequence) + body


def bind(login: Login) -> bytes:
    """Body of any bind."""
    words = (login.system_id, login.password, login.system_type)
    return b"".join(map(_word, words)) + bytes([INTERFACE, 0, 0]) + b"\0"


def submit(
    source: Address, destination: Address, data: bytes, *, coding: int, esm_class: int, valid: int | None = None
) -> bytes:
    """Body of a submit_sm that wants a receipt. `data` has at most 254 bytes, its header included.

    `valid`: for so many seconds the centre may try; None: as long as it keeps messages.
    """
    return b"".join(
        (
            b"\0",  # service_type
            _address(source),
            _address(destination),
            bytes([esm_class, 0, 0]),  # protocol_id, priority_flag
            b"\0",  # at once
            _word("" if valid is None else relative(valid)),
            bytes([1, 0, coding, 0, len(data)]),  # registered_delivery, replace_if_present, sm_default_msg_id
            data,
        )
    )


def relative(seconds: int) -> str:
    """A time from now on (7.1.1.2): YYMMDDhhmmss, tenths and two octets that are not used; 99 days at most."""
    span = timedelta(seconds=min(seconds, _LONGEST_SPAN))
    hours, rest = divmod(span.seconds, 3600)
    return f"0000{span.days:02}{hours:02}{rest // 60:02}{rest % 60:02}000R"


def message_id_of(body: bytes) -> str:
    """Of a submit_sm_resp; "" where it names none."""
    return body.split(b"\0", 1)[0].decode("ascii", "replace")


def delivered(pdu: Pdu) -> Delivered:
    """Raises BrokenPdu for a body that ends too soon."""
    reader = _Reader(pdu.body)
    try:
        reader.word()  # service_type
        reader.octets(2)
        source = reader.word()
        reader.octets(2)
        destination = reader.word()
        esm_class, coding, data = _data_sm(reader) if pdu.command == Command.DATA else _deliver_sm(reader)
    except (ValueError, IndexError):
        raise BrokenPdu from None
    tlvs, cut = reader.tlvs()
    return Delivered(source, destination, esm_class, coding, data or tlvs.get(TAG_PAYLOAD, b""), tlvs, cut)


def _deliver_sm(reader: _Reader) -> tuple[int, int, bytes]:
    esm_class, _, _ = reader.octets(3)
    reader.word()
    reader.word()
    _, _, coding, _, length = reader.octets(5)
    return esm_class, coding, reader.octets(length)


def _data_sm(reader: _Reader) -> tuple[int, int, bytes]:
    esm_class, _, coding = reader.octets(3)
    return esm_class, coding, b""


class _Reader:
    """Reads a body from its front."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def word(self) -> str:
        end = self._body.index(b"\0", self._at)
        found = self._body[self._at : end]
        self._at = end + 1
        return found.decode("latin-1")

    def octets(self, count: int) -> bytes:
        found = self._body[self._at : self._at + count]
        if len(found) != count:
            raise IndexError
        self._at += count
        return found

    def tlvs(self) -> tuple[dict[int, bytes], bool]:
        """The optional parameters, of two with one tag the first; and whether one of them ends too soon."""
        found: dict[int, bytes] = {}
        try:
            while self._at < len(self._body):
                tag, length = _TLV.unpack(self.octets(_TLV.size))
                found.setdefault(tag, self.octets(length))
        except IndexError:
            return found, True
        return found, False


def _word(text: str) -> bytes:
    return text.encode("ascii") + b"\0"


def _address(address: Address) -> bytes:
    return bytes([address.ton, address.npi]) + _word(address.number)
