"""The built-in prober against real sockets."""

from __future__ import annotations

import contextlib
import resource
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from posture_scan.discovery.ports import COMMON_PORTS
from posture_scan.discovery.prober import BuiltinProber, file_limit
from posture_scan.discovery.states import PortState, SweepLimits
from tests.collect.scripted import serving

ADDRESS = "127.50.2.1"


def limits(seconds: float = 20.0, per_second: int = 0, timeout: float = 0.3) -> SweepLimits:
    return SweepLimits(time.monotonic() + seconds, per_second, timeout)


@contextlib.contextmanager
def full_backlog(address: str) -> Iterator[int]:
    """A port that drops SYNs: its queue of unaccepted connections is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((address, 0), backlog=0))
        port = int(listener.getsockname()[1])
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex((address, port))
        time.sleep(0.02)
        yield port


def test_open_closed_and_silent_are_told_apart() -> None:
    with socket.create_server((ADDRESS, 0)) as listener, full_backlog(ADDRESS) as dropping:
        opened = listener.getsockname()[1]
        swept = BuiltinProber().sweep([ADDRESS], [opened, dropping, 1, 2], limits())[ADDRESS]
    assert swept.states == {
        opened: PortState.OPEN,
        dropping: PortState.SILENT,
        1: PortState.CLOSED,
        2: PortState.CLOSED,
    }
    assert swept.probes == 5
    assert swept.engine == "builtin"


def test_a_port_that_accepts_and_resets_is_open() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(serving(reset, ADDRESS)) for _ in range(10)]
        swept = BuiltinProber().sweep([ADDRESS], ports, limits())[ADDRESS]
    assert swept.having(PortState.OPEN) == tuple(sorted(ports))


def test_where_there_is_no_way_is_unreachable() -> None:
    # A broadcast address takes no TCP: the kernel answers that there is no way.
    swept = BuiltinProber().sweep(["127.255.255.255"], [1, 2], limits())["127.255.255.255"]
    assert set(swept.states.values()) == {PortState.UNREACHABLE}


def test_several_addresses_are_looked_at_side_by_side() -> None:
    addresses = [f"127.50.2.{last}" for last in range(10, 20)]
    seen: list[tuple[str, int]] = []
    with socket.create_server((addresses[3], 0)) as listener:
        port = listener.getsockname()[1]
        wanted = SweepLimits(
            time.monotonic() + 20, 0, 0.3, opened=lambda *place: seen.append(place)
        )
        swept = BuiltinProber().sweep(addresses, [port, *COMMON_PORTS[:50]], wanted)
    assert seen == [(addresses[3], port)]
    assert [a for a in addresses if swept[a].having(PortState.OPEN)] == [addresses[3]]
    assert all(not swept[a].missing(COMMON_PORTS[:50]) for a in addresses)


def test_the_pace_is_kept() -> None:
    began = time.monotonic()
    swept = BuiltinProber().sweep([ADDRESS], COMMON_PORTS[:60], limits(per_second=100))
    assert time.monotonic() - began >= 0.45
    assert len(swept[ADDRESS].states) == 60


def test_a_whole_list_on_this_computer_takes_no_time() -> None:
    began = time.monotonic()
    swept = BuiltinProber().sweep([ADDRESS], COMMON_PORTS, limits())[ADDRESS]
    assert len(swept.states) == 1000
    assert time.monotonic() - began < 5


def test_it_stops_at_the_deadline_with_what_it_has() -> None:
    swept = BuiltinProber().sweep([ADDRESS], COMMON_PORTS, limits(0.2, per_second=100))[ADDRESS]
    assert 0 < len(swept.states) < 100
    assert len(swept.missing(COMMON_PORTS)) == 1000 - len(swept.states)


def test_it_stops_when_told_to() -> None:
    wanted = limits(per_second=10)
    threading.Timer(0.1, wanted.stop.set).start()
    began = time.monotonic()
    swept = BuiltinProber().sweep([ADDRESS], COMMON_PORTS, wanted)[ADDRESS]
    assert time.monotonic() - began < 2
    assert swept.missing(COMMON_PORTS)


def test_few_file_descriptors_make_it_slower_not_wrong() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (160, hard))
    try:
        assert file_limit() == 32
        with full_backlog(ADDRESS) as dropping:
            ports = [dropping, *COMMON_PORTS[:300]]
            swept = BuiltinProber().sweep([ADDRESS], ports, limits())[ADDRESS]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(swept.states) == 301


def test_running_out_of_descriptors_loses_nothing() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(40)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(s.fileno() for s in held) + 8, hard))
        try:
            swept = BuiltinProber().sweep([ADDRESS], COMMON_PORTS[:100], limits())[ADDRESS]
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(swept.states) == 100


def test_ipv6() -> None:
    with contextlib.ExitStack() as stack:
        try:
            listener = stack.enter_context(socket.create_server(("::1", 0), family=socket.AF_INET6))
        except OSError:
            pytest.skip("this computer has no IPv6")
        port = listener.getsockname()[1]
        swept = BuiltinProber().sweep(["::1"], [port, 1], limits())["::1"]
    assert swept.states == {port: PortState.OPEN, 1: PortState.CLOSED}
