"""Reading nmap's XML, whole or broken off, through python-nmap.

python-nmap leaves out two things that are needed here: the ports that nmap lumps together as
``extraports``, and whether a service sits inside TLS. They are read beside it.
"""

from __future__ import annotations

import re
from typing import Any, Final
from xml.etree import ElementTree as ET

from posture_scan.discovery.ports import parse_ports
from posture_scan.discovery.states import NmapHint, PortState
from posture_scan.errors import UsageError

_END: Final = (
    '<runstats><finished timestr="" elapsed=""/><hosts up="" down="" total=""/></runstats>'
    "</nmaprun>"
)
_NO_WAY: Final = re.compile(r"unreach|prohibited", re.IGNORECASE)
_STATES: Final = {"open": PortState.OPEN, "closed": PortState.CLOSED, "filtered": PortState.SILENT}
PROBED: Final = 5
"""nmap's confidence from which a name comes from an answer; its port table says 3."""
_TEXT_LIMIT: Final = 200


def mend(xml: str) -> str:
    """Close what nmap left open when it died, dropping the last unfinished element."""
    if "</nmaprun>" in xml:
        return xml
    ports = xml.rfind("<ports>")
    if "<host" not in xml or ports < 0:
        return ""
    if "</ports>" in xml[ports:]:
        return f"{xml[: xml.rindex('</ports>')]}</ports></host>{_END}"
    cut = max(
        (xml.rfind(mark) + len(mark) for mark in ("</port>", "</extraports>") if mark in xml),
        default=ports + len("<ports>"),
    )
    return f"{xml[:cut]}</ports></host>{_END}"


class NmapReading:
    """The states and names in one run's XML; empty where it cannot be read at all."""

    def __init__(self, xml: str, scanner: Any, asked: tuple[int, ...]) -> None:
        """Read the XML of a run over one address; ``scanner`` is python-nmap's PortScanner."""
        self.states: dict[int, PortState] = {}
        self.hints: dict[int, NmapHint] = {}
        from nmap import PortScannerError

        text = mend(xml)
        try:
            tree = ET.fromstring(text)  # noqa: S314 -- nmap's own output, which it escapes
            scanned = scanner.analyse_nmap_xml_scan(text)["scan"]
        except (
            ET.ParseError,
            PortScannerError,
            AttributeError,
            LookupError,
            ValueError,
            TypeError,
        ):
            return
        tunnels = _inside_tls(tree)
        for host in scanned.values():
            for port, entry in host.get("tcp", {}).items():
                self._take(port, entry, port in tunnels)
        self._take_the_rest(tree, asked)

    def _take(self, port: int, entry: dict[str, str], inside_tls: bool) -> None:  # noqa: FBT001
        state = _state(entry["state"], entry["reason"])
        if state is not None:
            self.states[port] = state
        sure = int(entry["conf"]) if entry["conf"].isdecimal() else 0
        if state is PortState.OPEN and sure >= PROBED:
            self.hints[port] = NmapHint(
                name=_plain(entry["name"]),
                tls=inside_tls,
                product=_plain(entry["product"]),
                version=_plain(entry["version"]),
            )

    def _take_the_rest(self, tree: ET.Element, asked: tuple[int, ...]) -> None:
        """The ports that nmap names only as a range with a common state."""
        for lump in tree.iter("extraports"):
            for reason in lump.iter("extrareasons"):
                state = _state(lump.get("state", ""), reason.get("reason", ""))
                try:
                    ports = parse_ports(reason.get("ports", ""))
                except UsageError:
                    continue
                for port in set(ports) & set(asked):
                    if state is not None:
                        self.states.setdefault(port, state)


def _state(name: str, reason: str) -> PortState | None:
    state = _STATES.get(name)
    if state is PortState.SILENT and _NO_WAY.search(reason):
        return PortState.UNREACHABLE
    return state


def _inside_tls(tree: ET.Element) -> set[int]:
    found: set[int] = set()
    for port in tree.iter("port"):
        service = port.find("service")
        if service is not None and service.get("tunnel") == "ssl":
            found.add(int(port.get("portid", "0")))
    return found


def _plain(text: str) -> str:
    """What a target said, by way of nmap: printable, one line, not endless."""
    return "".join(sign for sign in text if sign.isprintable())[:_TEXT_LIMIT]
