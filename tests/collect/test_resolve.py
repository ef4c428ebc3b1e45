"""Names to addresses through the system's resolver."""

from __future__ import annotations

import socket
import threading

import pytest

from posture_scan.collect.resolve import resolve
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError


def test_localhost_is_loopback() -> None:
    assert set(resolve("localhost")) <= {"127.0.0.1", "::1"}
    assert resolve("127.50.1.1") == ("127.50.1.1",)


@pytest.mark.parametrize("name", ["x" * 300, "a..b", "nothing here"])
def test_what_is_no_name_is_unresolved(name: str) -> None:
    with pytest.raises(AttemptError) as caught:
        resolve(name)
    assert caught.value.attempt is Attempt.UNRESOLVED


def test_nobody_waits_longer_than_the_time_out() -> None:
    release = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        release.wait(5)
        return []

    with pytest.raises(AttemptError) as caught:
        resolve("www.example.jp", timeout=0.05, look_up=slow)
    release.set()
    assert caught.value.attempt is Attempt.TIMEOUT


def test_every_address_comes_once_and_in_order() -> None:
    def many(*_: object, **__: object) -> list[object]:
        hosts = ["192.0.2.2", "192.0.2.1", "192.0.2.2", "2001:db8::1"]
        return [(0, 0, 0, "", (host, 0)) for host in hosts]

    found = resolve("www.example.jp", look_up=many)
    assert found == ("192.0.2.2", "192.0.2.1", "2001:db8::1")


def test_a_resolver_that_cannot_be_asked_does_not_say_that_there_is_no_such_name() -> None:
    def gone(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_AGAIN, "temporary failure in name resolution")

    with pytest.raises(AttemptError) as caught:
        resolve("www.example.jp", look_up=gone)
    assert caught.value.attempt is Attempt.TIMEOUT
