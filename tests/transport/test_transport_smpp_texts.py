"""Texts in parts, as phones put them together again, and receipts in both forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smpplib import gsm

from campaign_app.domain.message import Outcome
from campaign_app.jobs.opt_out import is_opt_out
from campaign_app.transport.smpp.pdu import Delivered
from campaign_app.transport.smpp.receipts import Receipt, is_receipt, receipt_of
from campaign_app.transport.smpp.texts import Part, Piece, likelier, parts_of, read, without_header

SIGNED = "【示例旗舰店】"
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=400)


def joined(parts: tuple[Part, ...]) -> str:
    """As a phone does it: by the numbers in the headers."""
    if len(parts) == 1:
        return read(parts[0].data, parts[0].coding)
    found = [(without_header(part.data), part.coding) for part in parts]
    assert {piece.total for (_, piece), _ in found} == {len(parts)}
    assert len({piece.reference for (_, piece), _ in found}) == 1
    ordered = sorted(found, key=lambda each: each[0][1].number)
    return "".join(read(data, coding) for (data, _), coding in ordered)


@given(ANY_TEXT.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)), st.integers(0, 2**32))
def test_a_phone_reads_the_text_that_was_sent(text: str, reference: int) -> None:
    parts = parts_of(text, reference)
    assert all(len(part.data) <= (140 if part.coding == 8 else 160) for part in parts)
    assert joined(parts) == text


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        (SIGNED + "字" * 63, [140]),
        (SIGNED + "字" * 64, [6 + 134, 6 + 8]),
        (SIGNED + "字" * 126, [140, 6 + 132]),
        ("a" * 160, [160]),
        ("a" * 161, [6 + 153, 6 + 8]),
        ("a" * 152 + "€" + "b" * 7, [6 + 152, 6 + 9]),
    ],
)
def test_parts_hold_70_and_67_or_160_and_153(text: str, sizes: list[int]) -> None:
    assert [len(part.data) for part in parts_of(text, 1)] == sizes


def test_a_part_says_which_one_it_is() -> None:
    first, second = parts_of(SIGNED + "字" * 64, 0x1FE)
    assert (first.data[:6].hex(), second.data[:6].hex()) == ("050003fe0201", "050003fe0202")


@given(st.text("abcXYZ019 @£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ^{}[~]|€¡Ä¿ñüà", min_size=1, max_size=70))
def test_septets_are_those_of_another_library(text: str) -> None:
    (part,) = parts_of(text, 0)
    assert part.data == gsm.gsm_encode(text)


def test_what_has_no_place_in_the_alphabet_is_not_put_into_it() -> None:
    assert parts_of("`", 0)[0].coding == 8


def test_a_text_of_more_than_255_parts_is_refused() -> None:
    with pytest.raises(ValueError, match="bytes must be"):
        parts_of("字" * 67 * 256, 0)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("050003070201" + "41", (b"A", Piece(7, 2, 1))),
        ("06080401020302" + "41", (b"A", Piece(0x0102, 3, 2))),
        ("0a050423f0000000030702" + "01", (b"\x01", Piece())),
        ("0b05040000000000030902" + "02" + "41", (b"A", Piece(9, 2, 2))),
        ("050003070200" + "41", (b"A", Piece())),
        ("050003070203" + "41", (b"A", Piece())),
        ("ff41", (b"\xff\x41", Piece())),
        ("0041", (b"\x00\x41", Piece())),
        ("", (b"", Piece())),
    ],
)
def test_a_header_is_taken_off_and_read(data: str, expected: tuple[bytes, Piece]) -> None:
    assert without_header(bytes.fromhex(data)) == expected


@pytest.mark.parametrize(
    ("data", "coding", "expected"),
    [
        ("退订".encode("utf-16-be"), 8, "退订"),
        (b"TD", 0, "TD"),
        (b"\x00\x1b\x65\x1b\x00", 0, "@€\ufffd"),
        (b"TD\xff", 1, "TD\ufffd"),
        (b"\xe9", 3, "é"),
        ("退订".encode("gbk"), 15, "退订"),
        ("退订".encode("gbk"), 0, "退订"),
        (b"\xd8\x00\xd8\x00", 8, "\ufffd\ufffd"),
        (b"R", 4, "R"),
        (b"\x90", 8, "\ufffd"),
    ],
)
def test_a_reply_is_read_whatever_its_coding(data: bytes, coding: int, expected: str) -> None:
    assert read(data, coding) == expected


CESU = "退订".encode() + b"\xed\xa0\xbd\xed\xb8\x80"  # with an emoji as some centres write it


@pytest.mark.parametrize(
    "data",
    [
        *(word.encode("gbk") for word in ("退订", "停止", "停", "TD谢谢", "不要再发")),
        *(CESU, b"R" + CESU[6:], b"\xa5\xbd" + "退订".encode() + b"\xe8\xb0", b"R\xe8\xb0"),
    ],
)
def test_a_refusal_is_heard_by_whatever_charset_its_octets_are_called(data: bytes) -> None:
    assert is_opt_out(likelier(data.decode("utf-8", "replace"), data))


def test_what_can_be_read_stays_as_it_is() -> None:
    for text in ("好的", "ok", "Café", "ياق", "👍"):
        assert likelier(text, text.encode()) == text


TEXT = b"id:0a1B sub:001 dlvrd:001 submit date:2511260400 done date:2511260401 stat:%s err:%s text:id:9 stat:DELIVRD"
WIDE = (TEXT % (b"REJECTD", b"MK")).decode().encode("utf-16-be")


def receipt(data: bytes = b"", esm: int = 4, coding: int = 0, **tlvs: bytes) -> Delivered:
    return Delivered("8613800000001", "1069000", esm, coding, data, {int(tag[1:], 16): v for tag, v in tlvs.items()})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (receipt(TEXT % (b"DELIVRD", b"000")), Receipt("0a1B", Outcome.DELIVERED, "")),
        (receipt(TEXT % (b"UNDELIV", b"027")), Receipt("0a1B", Outcome.FAILED, "smpp_undeliv_027")),
        (receipt(TEXT % (b"expired", b"000")), Receipt("0a1B", Outcome.FAILED, "smpp_expired")),
        (receipt(WIDE, coding=8), Receipt("0a1B", Outcome.FAILED, "smpp_rejectd_MK")),
        (receipt(x1E=b"77\0", x427=b"\x02"), Receipt("77", Outcome.DELIVERED, "")),
        (receipt(x1E=b"77\0", x427=b"\x05", esm=0), Receipt("77", Outcome.FAILED, "smpp_undeliv")),
        (receipt(TEXT % (b"UNDELIV", b"001"), x1E=b"77\0"), Receipt("77", Outcome.FAILED, "smpp_undeliv_001")),
        (receipt(TEXT % (b"ACCEPTD", b"000")), None),
        (receipt(TEXT % (b"UNKNOWN", b"000")), None),
        (receipt(x1E=b"77\0", x427=b"\x01"), None),
        (receipt(x1E=b"77\0", x427=b""), None),
        (receipt(b"stat:DELIVRD"), None),
        (receipt(b""), None),
    ],
)  # fmt: skip
def test_a_receipt_says_what_became_of_which_message(found: Delivered, expected: Receipt | None) -> None:
    assert is_receipt(found)
    assert receipt_of(found) == expected


@pytest.mark.parametrize(
    ("esm", "expected"), [(0, False), (4, True), (0x44, True), (0x20, True), (0x40, False), (0x10, False)]
)
def test_the_class_tells_a_receipt_from_a_reply(esm: int, *, expected: bool) -> None:
    assert is_receipt(receipt(b"TD", esm)) is expected
