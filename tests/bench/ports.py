"""How long a look at a thousand ports takes: the built-in prober beside ``nmap -sT``.

Run it from the top of a checkout: ``python -m tests.bench.ports``. It prints figures and fails
nothing. Two hosts are looked at: one of this computer's own addresses, where every port answers
at once, and, as root on Linux, an address in a network of its own that drops everything.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from posture_scan.discovery.ports import COMMON_PORTS, written
from posture_scan.discovery.prober import BuiltinProber
from posture_scan.discovery.states import PortState, SweepLimits

OPEN_HOST = "127.50.8.1"
SILENT_HOST = "198.51.100.2"
"""From the range kept for documentation (RFC 5737); it exists in the test's own network only."""
OWN_END = "198.51.100.1/24"
DROP_ALL = (
    "add table inet bench; "
    "add chain inet bench incoming { type filter hook input priority 0; policy drop; }"
)


@dataclass(frozen=True)
class Figure:
    """Seconds one way of looking took, and how many ports it judged open."""

    seconds: float
    judged: int
    opened: int


def builtin(address: str) -> Figure:
    """The built-in prober, as fast as it goes."""
    began = time.monotonic()
    limits = SweepLimits(began + 300, per_second=0)
    swept = BuiltinProber().sweep([address], COMMON_PORTS, limits)[address]
    return Figure(time.monotonic() - began, len(swept.states), len(swept.having(PortState.OPEN)))


def plain_nmap(address: str) -> Figure:
    """The nmap program with its defaults, on the same ports."""
    argv = [
        "nmap", "-sT", "-n", "-Pn", "-T4", "-oX", "-", "-p", written(COMMON_PORTS), address,
    ]  # fmt: skip
    began = time.monotonic()
    result = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=600)
    return Figure(
        time.monotonic() - began, len(COMMON_PORTS), result.stdout.count('<state state="open"')
    )


def compare(address: str) -> dict[str, Figure]:
    """Both on one address; nmap only where it is installed."""
    ways: dict[str, Callable[[str], Figure]] = {"builtin": builtin}
    if shutil.which("nmap"):
        ways["nmap -sT -T4"] = plain_nmap
    return {name: way(address) for name, way in ways.items()}


@contextlib.contextmanager
def listeners(address: str, count: int = 5) -> Iterator[None]:
    """A few open ports among those that are looked at."""
    with contextlib.ExitStack() as stack:
        for port in COMMON_PORTS[200 : 200 + count]:
            stack.enter_context(socket.create_server((address, port), backlog=64))
        yield


@contextlib.contextmanager
def silent_host() -> Iterator[str]:
    """An address that drops every packet, in a pair of virtual cards made for this run.

    The far end lives in a network namespace where nftables drops all that comes in. Our end
    gets a namespace too, so that nothing of this computer's own network is touched.
    """
    near, far = f"bench-near-{os.getpid()}", f"bench-far-{os.getpid()}"
    steps = [
        ["ip", "netns", "add", near],
        ["ip", "netns", "add", far],
        ["ip", "-n", near, "link", "add", "veth0", "type", "veth", "peer", "name", "veth1"],
        ["ip", "-n", near, "link", "set", "veth1", "netns", far],
        ["ip", "-n", near, "addr", "add", OWN_END, "dev", "veth0"],
        ["ip", "-n", far, "addr", "add", f"{SILENT_HOST}/24", "dev", "veth1"],
        ["ip", "-n", near, "link", "set", "veth0", "up"],
        ["ip", "-n", near, "link", "set", "lo", "up"],
        ["ip", "-n", far, "link", "set", "veth1", "up"],
        ["ip", "netns", "exec", far, "nft", DROP_ALL],
    ]  # fmt: skip
    try:
        for step in steps:
            subprocess.run(step, check=True, capture_output=True)
        yield near
    finally:
        for name in (near, far):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


def show(title: str, figures: dict[str, Figure]) -> None:
    """Print one host's figures, each beside the built-in prober's."""
    print(title)
    base = figures["builtin"].seconds
    for name, figure in figures.items():
        ratio = figure.seconds / base if base else 0
        print(
            f"  {name:14} {figure.seconds:8.3f} s   {ratio:6.1f} x builtin"
            f"   judged {figure.judged}, open {figure.opened}"
        )


def main() -> None:
    """Print the figures of both hosts."""
    if "--silent-only" in sys.argv:
        show(f"silent host {SILENT_HOST}, {len(COMMON_PORTS)} ports", compare(SILENT_HOST))
        return
    with listeners(OPEN_HOST):
        show(f"open host {OPEN_HOST}, {len(COMMON_PORTS)} ports", compare(OPEN_HOST))
    if os.name != "posix" or os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("nft")):
        print("silent host: skipped (needs root, ip and nft)")
        return
    try:
        with silent_host() as namespace:
            again = [sys.executable, "-m", "tests.bench.ports", "--silent-only"]
            subprocess.run(["ip", "netns", "exec", namespace, *again], check=True)
    except subprocess.CalledProcessError as error:
        reason = (error.stderr or b"").decode(errors="replace").strip()
        print(f"silent host: skipped ({reason or error})")


if __name__ == "__main__":
    main()
