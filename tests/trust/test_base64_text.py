from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posture_scan.errors import AnswerIsNoError
from posture_scan.trust import base64_text


def decode(text: str) -> bytes:
    return base64_text.decode(text, document="x", member="sig")


@given(st.binary())
def test_both_alphabets_are_read(data: bytes) -> None:
    text = base64_text.encode(data)
    assert decode(text) == data
    assert decode(text.replace("+", "-").replace("/", "_")) == data


@pytest.mark.parametrize(
    "text",
    [
        "QQ",
        "QQ=",
        "QR==",
        "Q Q=",
        "QQ==\n",
        "QQ==QQ==",
        "QQ===",
        "+-8=",
        "=",
        "QUI",
        "QUJ=",
        "é===",
    ],
)
def test_a_second_text_for_the_same_bytes_is_refused(text: str) -> None:
    with pytest.raises(AnswerIsNoError) as caught:
        decode(text)
    assert caught.value.code == "E-IN-005"


@given(st.text())
def test_any_text_gives_bytes_or_a_typed_refusal(text: str) -> None:
    try:
        data = decode(text)
    except AnswerIsNoError:
        return
    standard = base64_text.encode(data)
    assert text in {standard, standard.replace("+", "-").replace("/", "_")}
