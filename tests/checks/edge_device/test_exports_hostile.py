"""Readers of device exports against damaged, endless and malicious files."""

from __future__ import annotations

import time
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posture_scan.checks.edge_device.device_facts import DeviceExport

from posture_scan.engine.collect import behind_the_wall
from posture_scan.sdk import Attempt
from tests.checks.edge_device.exports import ALL, READERS, understood


def in_order(content: bytes) -> None:
    for reader in READERS:
        attempt, facts, _ = behind_the_wall(partial(reader.function, content), reader)
        assert attempt in {Attempt.OK, Attempt.PROTOCOL_MISMATCH, Attempt.PERMISSION_DENIED}
        assert facts is None or (isinstance(facts, DeviceExport) and len(facts.version) < 32)


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes_end_in_order(content: bytes) -> None:
    in_order(content)


@settings(deadline=None, max_examples=150)
@given(name=st.sampled_from(sorted(ALL)), data=st.data())
def test_damaged_files_end_in_order(name: str, data: st.DataObject) -> None:
    content = ALL[name]
    cut = data.draw(st.integers(0, len(content)))
    junk = data.draw(st.binary(max_size=12))
    rest = data.draw(st.integers(0, len(content)))
    in_order(content[:cut] + junk + content[rest:])


BAIT = (
    b"#config-version=FGT60F-7.4.8-FW-build2795-250523:" + b"A-" * 2_000_000,
    b"#config-version=" * 300_000,
    b'config x\nedit "a\n' * 60_000,
    b"#config-version=FGT60F-7.4.8-FW-build2795-250523:\n" + b"config a\n" * 80_000,
    b"Cisco IOS Software, " + b"x, Version 1" * 400_000,
    b"Cisco IOS Software, x, Version 15\n" * 40_000,
    b"Model" + b" " * 4_000_000 + b": Cisco",
    b"IX Series IX2215 (" + b"a" * 4_000_000,
    b"RTX1210 Rev.14.01.42 " + b"(" * 4_000_000,
    b"A" * 8_000_000,
    b"QUJD" * 2_000_000,
    b"1.1R1." * 900_000,
    b"Ivanti Connect Secure " + b"22.7R2." * 600_000,
    b"<config>" + b"<a>" * 1_000_000,
    b"<config " + b"a='b' " * 600_000,
    b"<?xml" + b" " * 4_000_000 + b"?><config>",
    b"\r" * 4_000_000,
    b"\x1b[" * 2_000_000,
    b"--" * 3_000_000,
    b"sw-version: " + b"1." * 2_000_000,
)


@pytest.mark.parametrize("content", BAIT, ids=range(len(BAIT)))
def test_no_large_file_takes_long(content: bytes) -> None:
    """Seconds of processor time, far above what it takes: only a runaway pattern misses it."""
    begun = time.process_time()
    in_order(content)
    assert time.process_time() - begun < 15


ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE config [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY file SYSTEM "file:///etc/passwd">]>
<config version="10.2.0" detail-version="10.2.7"><x>&b;&file;</x></config>"""


def test_no_entity_is_ever_taken() -> None:
    assert understood(ENTITIES) == []
