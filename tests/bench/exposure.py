"""A full exposure scan of one office, beside nmap on the same servers in the same run.

Run it with ``python -m tests.bench.exposure``, as root: every scanner gets the same office, each
in a network of its own in which the kernel's packet filter counts what is sent. It prints what
each of them cost, what is true of the office and who says so, and fails nothing. nmap waits much
more than it works, so its two runs go side by side; ours run one after the other before them.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from posture_scan.discovery.ports import default_ports, written
from posture_scan.engine.packs import load_packs
from tests.bench import office
from tests.bench.office import ADDRESSES, NAME, TCP, UDP, WEB, Office
from tests.bench.truths import TRUTHS, NmapSaid, Truth
from tests.bench.versions import VERSIONS, Told
from tests.lab.office import Desk

LIMIT: Final = 420
"""Seconds after which a scanner is ended: what it has not written by then it did not find."""
OURS: Final = {
    "ours, pace lan": ("--engine", "builtin", "--pace", "lan"),
    "ours, default pace": ("--engine", "builtin", "--pace", "normal"),
    "ours with nmap's ports": ("--engine", "nmap", "--pace", "lan"),
}
SCRIPTS: Final = (
    "default,rdp-enum-encryption,vnc-info,smb-protocols,smb2-security-mode,ssl-enum-ciphers,"
    "ssh2-enum-algos,redis-info,memcached-info,mysql-info,snmp-info,ike-version,pptp-version,"
    "dns-recursion,ldap-rootdse,x11-access,docker-version,telnet-encryption"
)
"""Those a contractor would take for these findings; none that guesses a password."""
NMAP: Final = {"nmap -sV": (), "nmap -sV and scripts": ("--script", SCRIPTS)}
ALL: Final[tuple[Truth | Told, ...]] = (*TRUTHS, *VERSIONS)
_BASE: Final = "ours, pace lan"
"""What the others are measured against, and what is held against nmap with its scripts."""


@dataclass
class Cost:
    """What one scanner sent, as the kernel counted it."""

    seconds: float = 0.0
    swept: int = 0
    """TCP connections begun to closed ports."""
    begun: int = 0
    """TCP connections begun to the office's open ports, half-open ones among them."""
    completed: int = 0
    """Those of them whose handshake was completed: what a server's log shows."""
    datagrams: int = 0
    """UDP datagrams to ports that have a service."""
    all_datagrams: int = 0


@dataclass
class Result:
    """One scanner's run."""

    name: str
    cost: Cost
    said: list[bool]
    """For each truth, whether the scanner says it."""
    notes: list[str] = field(default_factory=list)


# --- counting ------------------------------------------------------------------------------------

COUNTING: Final = """\
add table inet bench
add set inet bench tcp_open { type ipv4_addr . inet_service; }
add set inet bench udp_open { type ipv4_addr . inet_service; }
add counter inet bench swept
add counter inet bench begun
add counter inet bench completed
add counter inet bench datagrams
add counter inet bench all_datagrams
add chain inet bench incoming { type filter hook input priority -10; }
add rule inet bench incoming ct direction reply accept
add rule inet bench incoming tcp flags & (syn|ack) == syn \
ip daddr . tcp dport != @tcp_open counter name swept accept
add rule inet bench incoming tcp flags & (syn|ack) == syn counter name begun accept
add rule inet bench incoming ip daddr . tcp dport @tcp_open tcp flags & (syn|ack|rst) == ack \
ct mark 0 ct mark set 1 counter name completed accept
add rule inet bench incoming ip daddr . udp dport @udp_open counter name datagrams
add rule inet bench incoming ip daddr { OFFICE } udp dport != 9 counter name all_datagrams
"""


def count_from_now_on() -> None:
    """Set up the counters of this network; 9 is where the office's resolver would ask on."""
    text = COUNTING.replace("OFFICE", ", ".join(ADDRESSES))
    for kind, ports in (("tcp", TCP), ("udp", UDP)):
        places = ", ".join(f"{host} . {port}" for host in ports for port in ports[host])
        text += f"add element inet bench {kind}_open {{ {places} }}\n"
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)


def counted() -> dict[str, int]:
    """Read every counter and set it to zero."""
    done = subprocess.run(
        ["nft", "reset", "counters", "table", "inet", "bench"], check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    found = re.findall(r"counter (\w+) \{\s*packets (\d+)", done.stdout)
    return {name: int(packets) for name, packets in found}


# --- one scanner after the other, in one office --------------------------------------------------


def inside(names: Sequence[str], out: Path) -> None:
    """Start the office in this network, run these scanners and write what came of it."""
    with tempfile.TemporaryDirectory(prefix="office") as name, Office(Path(name)).running() as run:
        print(json.dumps([*run.missing, *run.broken]), flush=True)
        count_from_now_on()
        results = []
        for number, scanner in enumerate(names):
            if number:
                run.renew()
            results.append(measure(scanner, run))
        out.write_text(json.dumps([asdict(one) for one in results]))


def measure(name: str, run: Office) -> Result:
    """Run one scanner and judge what it says."""
    counted()
    began = time.monotonic()
    if name in NMAP:
        output = run.folder / "nmap.xml"
        finished = nmap(NMAP[name], output)
    else:
        output = run.folder / "report.json"
        finished = ours(OURS[name], run, output)
    cost = Cost(round(time.monotonic() - began, 1), **counted())
    notes = [] if finished else [f"ended after {LIMIT} s without a result"]
    if name in NMAP:
        heard = NmapSaid(output)
        said = [truth.said_by_nmap(heard) for truth in ALL]
        notes += [f"beyond this list its scripts spoke: {', '.join(sorted(heard.unused()))}"]
        return Result(name, cost, said, notes)
    report = json.loads(output.read_text("utf-8")) if output.exists() else {"findings": []}
    notes += beside(report)
    return Result(name, cost, [truth.said_by_us(report) for truth in ALL], notes)


def nmap(scripts: Sequence[str], output: Path) -> bool:
    """Nmap on the same ports as ours; tells whether it came to its end."""
    specs = load_packs().protocols
    udp = {port for spec in specs if spec.transport == "udp" for port in spec.ports}
    ports = f"T:{written(default_ports(specs))},U:{written(sorted(udp))}"
    argv = ["nmap", "-n", "-Pn", "-sS", "-sU", "-sV", *scripts, "-p", ports, "-oX", str(output)]
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run([*argv, *ADDRESSES], check=True, capture_output=True, timeout=LIMIT)
        return True
    return False


def ours(options: Sequence[str], run: Office, output: Path) -> bool:
    """The program as its user runs it."""
    desk = Desk(run.folder)
    scope = desk.scope(ADDRESSES, names={WEB: NAME}, computers=len(ADDRESSES))
    done = desk.run("scan", "--scope", str(scope), "--ca", str(run.authority.file), "--out",
                    str(output), "--json", *options)  # fmt: skip
    return done.returncode in {0, 1}


def beside(report: dict[str, Any]) -> list[str]:
    """What our report says that is not in the list, for a reader to judge."""
    more = sorted(
        f"{one['check']} ({one['reason']}) at {one['address']}:{one['port']}/{one['transport']}"
        for one in report["findings"]
        if one["status"] == "error"
        or (one["status"] == "fail" and not any(truth.covers(one) for truth in TRUTHS))
    )
    return [f"also: {line}" for line in more]


# --- the offices side by side, and the tables ----------------------------------------------------


@contextlib.contextmanager
def started(names: Sequence[str], out: Path) -> Iterator[subprocess.Popen[str]]:
    """An office with these scanners, from when its servers run."""
    argv = office.apart("-m", "tests.bench.exposure", str(out), *names)
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        missing = json.loads(process.stdout.readline() or '["the office did not start"]')
        for line in missing:
            print(f"  not there: {line}")
        yield process


def show(results: Sequence[Result]) -> None:
    """Print the costs, the truths and who says them."""
    base = next((one for one in results if one.name == _BASE), results[0])
    heads = ("seconds", "to open", "full", "to closed", "datagrams", "to open")
    print(" " * 24 + "".join(f"{head:>11}" for head in heads))
    for one in results:
        cost = one.cost
        figures = (cost.begun, cost.completed, cost.swept, cost.all_datagrams, cost.datagrams)
        print(f"  {one.name:22}{cost.seconds:11.1f}" + "".join(f"{n:11}" for n in figures))
    for one in results:
        if one.name in NMAP:
            print(f"  {one.name} / {base.name}: {ratios(one.cost, base.cost)}")
    print("  aimed at: time 10 x, connections to services 3 x, with all that its scripts say")
    columns = "".join(f"{place:>3}" for place in range(1, len(results) + 1))
    print(f"\n  {'true of the office':46}{columns}")
    for number, truth in enumerate(ALL):
        where = f"{truth.address}:{truth.port}/{truth.transport}"
        marks = "".join("  x" if one.said[number] else "  -" for one in results)
        print(f"  {truth.what:46}{marks}   {where}")
    for place, one in enumerate(results, 1):
        truths, told = one.said[: len(TRUTHS)], one.said[len(TRUTHS) :]
        print(f"  {place} {one.name:22} says {sum(truths)} of {len(TRUTHS)} truths "
              f"and {sum(told)} of {len(VERSIONS)} versions")  # fmt: skip
    compare(results, base)


def ratios(theirs: Cost, mine: Cost) -> str:
    """How many times as much the other one took."""
    pairs = (
        ("time", theirs.seconds, mine.seconds),
        ("connections to services", theirs.begun, mine.begun),
        ("completed ones", theirs.completed, mine.completed),
        ("connections in all", theirs.begun + theirs.swept, mine.begun + mine.swept),
        ("datagrams", theirs.all_datagrams, mine.all_datagrams),
    )
    return ", ".join(f"{name} {a / b:.1f} x" for name, a, b in pairs if b)


def compare(results: Sequence[Result], base: Result) -> None:
    """Say what one of them says and the other does not, ours too where it is the worse."""
    for other in results:
        if other.name not in NMAP:
            continue
        pairs = list(zip(ALL, base.said, other.said, strict=True))
        for title, mine in (("only ours says", True), ("WORSE: only nmap says", False)):
            found = [f"{t.what} ({t.address}:{t.port})" for t, a, b in pairs
                     if a is mine and b is not mine]  # fmt: skip
            print(f"\n  {title} beside {other.name}: {len(found)}")
            print("".join(f"    {line}\n" for line in found), end="")
    silent = [truth.what for number, truth in enumerate(ALL)
              if not any(one.said[number] for one in results)]  # fmt: skip
    print(f"\n  nobody says: {'; '.join(silent) or 'nothing'}")
    for one in results:
        for note in one.notes:
            print(f"  {one.name}: {note}")


def main() -> None:
    """Run every scanner and print the figures."""
    reason = office.why_not()
    if reason:
        print(f"office: skipped ({reason})")
        return
    tcp, udp = (sum(map(len, ports.values())) for ports in (TCP, UDP))
    print(f"one office: {len(ADDRESSES)} computers, {tcp} TCP and {udp} UDP ports with a service, "
          f"{os.cpu_count()} CPUs")  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="exposure") as name:
        outs = [Path(name) / f"{number}.json" for number in range(1 + len(NMAP))]
        with started(list(OURS) if shutil.which("nmap") else list(OURS)[:2], outs[0]):
            pass
        if shutil.which("nmap"):
            with contextlib.ExitStack() as running:
                for scanner, out in zip(NMAP, outs[1:], strict=True):
                    running.enter_context(started([scanner], out))
        else:
            print("nmap: skipped (not installed)")
        show([
            Result(**{**one, "cost": Cost(**one["cost"])})
            for out in outs if out.exists() for one in json.loads(out.read_text())
        ])  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        inside(sys.argv[2:], Path(sys.argv[1]))
    else:
        main()
