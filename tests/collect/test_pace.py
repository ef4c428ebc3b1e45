"""The limits hold for a host, whoever asks it."""

from __future__ import annotations

import threading
import time

import pytest

from posture_scan.collect.pace import Pace
from posture_scan.errors import UsageError
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError


def later(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def test_the_named_paces() -> None:
    normal = Pace.named("normal")
    assert (normal.probes_per_second, normal.at_once, normal.new_per_second) == (200, 4, 20)
    assert normal.per_service == 40
    assert Pace.named("polite").probes_per_second == 1
    assert Pace.named("lan").probes_per_second == 0
    with pytest.raises(UsageError) as caught:
        Pace.named("reckless")
    assert caught.value.code == "pace.unknown"


def test_at_most_so_many_at_once() -> None:
    pace = Pace("test", probes=0, at_once=4, new=0, per_service=100)
    active, most, lock = 0, 0, threading.Lock()

    def work(port: int) -> None:
        nonlocal active, most
        with pace.slot("192.0.2.1", port, later()):
            with lock:
                active += 1
                most = max(most, active)
            time.sleep(0.02)
            with lock:
                active -= 1

    threads = [threading.Thread(target=work, args=(port,)) for port in range(80, 96)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 4


def test_new_connections_are_spread_over_time() -> None:
    pace = Pace("test", probes=0, at_once=4, new=50, per_service=100)
    began = time.monotonic()
    for _ in range(6):
        with pace.slot("192.0.2.1", 80, later()):
            pass
    assert time.monotonic() - began >= 0.1
    with pace.slot("192.0.2.2", 80, later()):
        assert time.monotonic() - began < 5


def test_a_service_is_asked_so_often_and_no_more() -> None:
    pace = Pace("test", probes=0, at_once=4, new=0, per_service=3)
    for _ in range(3):
        with pace.slot("192.0.2.1", 80, later()):
            pass
    with pytest.raises(AttemptError) as caught, pace.slot("192.0.2.1", 80, later()):
        pass
    assert caught.value.attempt is Attempt.LIMIT_REACHED
    with pace.slot("192.0.2.1", 81, later()):
        pass


def test_a_service_that_stops_answering_is_let_alone() -> None:
    pace = Pace.named("lan")
    for _ in range(2):
        pace.troubled("192.0.2.1", 80)
    pace.answered("192.0.2.1", 80)
    for _ in range(3):
        pace.troubled("192.0.2.1", 80)
    with pytest.raises(AttemptError) as caught, pace.slot("192.0.2.1", 80, later()):
        pass
    assert (caught.value.attempt, caught.value.detail) == (
        Attempt.LIMIT_REACHED,
        "service_stopped_answering",
    )


def test_waiting_for_a_slot_ends_at_the_deadline() -> None:
    pace = Pace("test", probes=0, at_once=1, new=0, per_service=10)
    with (
        pace.slot("192.0.2.1", 80, later()),
        pytest.raises(AttemptError) as caught,
        pace.slot("192.0.2.1", 80, later(0.05)),
    ):
        pass
    assert caught.value.attempt is Attempt.INTERRUPTED


def test_a_service_is_asked_by_one_at_a_time_and_others_of_the_host_meanwhile() -> None:
    pace = Pace.named("lan")
    order: list[str] = []
    held, go = threading.Event(), threading.Event()

    def first() -> None:
        with pace.slot("192.0.2.1", 443, time.monotonic() + 5):
            held.set()
            go.wait(5)
            order.append("first")

    def second() -> None:
        with pace.slot("192.0.2.1", 443, time.monotonic() + 5):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert held.wait(5)
    threads[1].start()
    with pace.slot("192.0.2.1", 80, time.monotonic() + 5):
        order.append("other port")
    go.set()
    for thread in threads:
        thread.join(5)
    assert order == ["other port", "first", "second"]


def test_who_holds_a_service_may_open_a_second_connection_to_it() -> None:
    pace = Pace.named("lan")
    with (
        pace.slot("192.0.2.1", 443, time.monotonic() + 1),
        pace.slot("192.0.2.1", 443, time.monotonic() + 1),
    ):
        pass
    with pace.slot("192.0.2.1", 443, time.monotonic() + 1):
        pass


def test_a_service_that_drags_everything_out_is_let_alone() -> None:
    pace = Pace.named("lan")
    pace.dragged_out("192.0.2.1", 443)
    pace.answered("192.0.2.1", 443)
    with pace.slot("192.0.2.1", 443, later()):
        pass
    pace.dragged_out("192.0.2.1", 443)
    with pytest.raises(AttemptError) as caught, pace.slot("192.0.2.1", 443, later()):
        pass
    assert caught.value.attempt is Attempt.LIMIT_REACHED
    with pace.slot("192.0.2.1", 80, later()):
        pass
