"""What is true of the office by its servers' own settings, and how to tell who says it.

Each truth has two explicit rules. Ours says it where a finding of one of the named checks fails
at that place. nmap says it where its XML names the service after asking it, or where the named
script's output holds the named words. A name from nmap's table of port numbers is a guess and
does not count, but for UDP ports that answered and for rlogin and rsh, which we too tell by
their number alone. The rules are kind to nmap: a bare list of algorithms or an expiry date
counts, although nobody judges it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.office import DATA, DESK, FILES, GATE, MAIL, ROUTER, WEB, X11


class NmapSaid:
    """One run's XML, asked by place."""

    def __init__(self, path: Path) -> None:
        """Read the file; one that nmap did not finish says nothing."""
        self._ports: dict[tuple[str, str, int], ET.Element] = {}
        self._hosts: dict[str, list[ET.Element]] = {}
        self._asked: set[str] = set()
        try:
            root = ET.parse(path).getroot()  # noqa: S314 -- this run's own nmap wrote it
        except (ET.ParseError, OSError):
            root = ET.Element("nmaprun")
        for host in root.iter("host"):
            found = host.find("address")
            address = found.get("addr", "") if found is not None else ""
            self._hosts[address] = list(host.iterfind("hostscript/script"))
            for port in host.iterfind("ports/port"):
                place = (address, port.get("protocol", ""), int(port.get("portid", "0")))
                self._ports[place] = port

    def service(self, place: tuple[str, str, int]) -> Mapping[str, str]:
        """What nmap says the service is."""
        port = self._ports.get(place)
        found = None if port is None else port.find("service")
        return {} if found is None else found.attrib

    def answered(self, place: tuple[str, str, int]) -> bool:
        """Tell whether a UDP port answered what nmap sends to that number."""
        port = self._ports.get(place)
        state = None if port is None else port.find("state")
        return state is not None and state.get("reason") == "udp-response"

    def everything(self, place: tuple[str, str, int]) -> str:
        """All that the run says of this port and of its computer."""
        port = self._ports.get(place)
        scripts = [] if port is None else list(port.iterfind("script"))
        said = [one.get("output", "") for one in scripts + self._hosts.get(place[0], [])]
        return "\n".join([*self.service(place).values(), *said])

    def unused(self) -> set[str]:
        """The scripts that said something of a service and that no rule asked for."""
        found = {one.get("id", "") for port in self._ports.values() for one in port.iter("script")}
        found |= {one.get("id", "") for scripts in self._hosts.values() for one in scripts}
        return found - self._asked

    def script(self, place: tuple[str, str, int], name: str) -> str:
        """What this script says of the port or, as those for SMB do, of the computer."""
        self._asked.add(name)
        port = self._ports.get(place)
        scripts = [] if port is None else list(port.iterfind("script"))
        scripts += self._hosts.get(place[0], [])
        return "\n".join(one.get("output", "") for one in scripts if one.get("id") == name)


NmapRule = Callable[[NmapSaid, tuple[str, str, int]], bool]


def named(pattern: str, *, number: bool = False) -> NmapRule:
    """Nmap asked the service and gives it this name or product; with ``number``, or guesses it."""

    def rule(said: NmapSaid, place: tuple[str, str, int]) -> bool:
        service = said.service(place)
        text = " ".join(service.get(key, "") for key in ("name", "product", "extrainfo"))
        asked = service.get("method") == "probed" or number or said.answered(place)
        return asked and bool(re.search(pattern, text, re.IGNORECASE))

    return rule


def version(said: NmapSaid, place: tuple[str, str, int]) -> bool:
    """Nmap read a version."""
    service = said.service(place)
    return service.get("method") == "probed" and bool(service.get("version"))


def says(script: str, *patterns: str, without: str = "") -> NmapRule:
    """The script's output holds all these words; with ``without``, and not this one."""

    def rule(said: NmapSaid, place: tuple[str, str, int]) -> bool:
        output = said.script(place, script)
        held = bool(output) and all(re.search(one, output) for one in patterns)
        return held and not (without and re.search(without, output))

    return rule


def either(*rules: NmapRule) -> NmapRule:
    """One of the rules holds."""
    return lambda said, place: any(rule(said, place) for rule in rules)


@dataclass(frozen=True)
class Truth:
    """One thing that is true of one place."""

    what: str
    address: str
    port: int
    ours: tuple[str, ...]
    """Checks whose failing says it; ``check:reason`` where only that reason does."""
    nmap: NmapRule | None = None
    """None where no harmless script of nmap says it."""
    transport: str = "tcp"

    def said_by_us(self, report: Mapping[str, Any]) -> bool:
        """Tell whether a finding of the report says it at this place."""
        return any(self.covers(finding) for finding in report["findings"])

    def covers(self, finding: Mapping[str, Any]) -> bool:
        """Tell whether the finding says this; a port scan's own finding names no port."""
        here = finding["asset"] == self.address and finding["transport"] == self.transport
        numbers = {self.port, 0} if self.by_number else {self.port}
        ids = {finding["check"], f"{finding['check']}:{finding['reason']}"}
        return (
            finding["status"] == "fail" and here and finding["port"] in numbers
            and bool(ids & set(self.ours))
        )  # fmt: skip

    @property
    def by_number(self) -> bool:
        """Whether the port's number is all that shows."""
        return self.port in {513, 514}

    def said_by_nmap(self, said: NmapSaid) -> bool:
        """Tell whether nmap's output says it."""
        return self.nmap is not None and self.nmap(said, (self.address, self.transport, self.port))


def _at(
    address: str, port: int, *pairs: tuple[str, Sequence[str], NmapRule | None],
    transport: str = "tcp",
) -> list[Truth]:  # fmt: skip
    return [Truth(what, address, port, tuple(ours), rule, transport) for what, ours, rule in pairs]


_REACHED = "can be reached"
_LIST = "ssh2-enum-algos"
_RDP = either(named("ms-wbt-server|rdp"), says("rdp-enum-encryption", "SUCCESS"))
_SMB = (
    (f"SMB {_REACHED}", ["smb.exposed"], named("netbios-ssn|smb|microsoft-ds")),
    ("SMB version 1 is spoken", ["smb.v1"], says("smb-protocols", "NT LM 0.12")),
    ("SMB does not require signing", ["smb.signing_not_required"],
     says("smb2-security-mode", "not required")),
)  # fmt: skip
TRUTHS: Final = (
    *_at(DESK, 22, (f"SSH {_REACHED}", ["ssh.exposed"], named("^ssh")),
         ("SSH offers aes128-cbc, hmac-md5 and group 1", ["ssh.weak_algorithms"],
          says(_LIST, "aes128-cbc", "hmac-md5", "diffie-hellman-group1-sha1"))),
    *_at(DESK, 23, (f"Telnet {_REACHED}", ["telnet.exposed"], named("^telnet"))),
    *_at(DESK, 513, (f"rlogin {_REACHED}", ["rlogin.exposed"],
                     named("login", number=True))),
    *_at(DESK, 514, (f"rsh {_REACHED}", ["rsh.exposed"], named("shell", number=True))),
    *_at(DESK, 3389, (f"RDP {_REACHED}", ["rdp.exposed"], _RDP),
         ("RDP does not require NLA", ["rdp.no_nla"],
          says("rdp-enum-encryption", "(Native RDP|SSL): SUCCESS")),
         ("RDP accepts its old encryption", ["rdp.weak_encryption"],
          says("rdp-enum-encryption", "Native RDP: SUCCESS"))),
    *_at(DESK, 5900, (f"VNC {_REACHED}", ["vnc.exposed"], named("vnc")),
         ("VNC asks for no password", ["vnc.no_auth"], says("vnc-info", r"None \(1\)"))),
    *_at(DESK, 5901, (f"VNC {_REACHED}", ["vnc.exposed"], named("vnc"))),
    *_at(DESK, X11, (f"X11 {_REACHED}", ["x11.exposed"], named("X11")),
         ("X11 lets everybody in", ["x11.exposed:open"],
          either(says("x11-access", "granted"), named("X11.*open")))),
    *_at(FILES, 21, ("FTP knows no encryption", ["ftp.plaintext:no_encryption"], None),
         ("FTP tells its version", ["banner.version_disclosed"], version)),
    *_at(FILES, 22, (f"SSH {_REACHED}", ["ssh.exposed"], named("^ssh"))),
    *_at(FILES, 139, *_SMB),
    *_at(FILES, 445, *_SMB),
    *_at(FILES, 3389, (f"RDP {_REACHED}", ["rdp.exposed"], _RDP)),
    *_at(WEB, 80, ("nginx tells its version", ["banner.version_disclosed"], version)),
    *_at(WEB, 2375, ("Docker obeys everybody", ["docker.exposed:reachable"],
                     either(named("docker"), says("docker-version", "Version")))),
    *_at(WEB, 2379, (f"etcd {_REACHED}", ["kubernetes.exposed"],
                     either(named("etcd"), says("http-title", "etcd")))),
    *_at(WEB, 2380, (f"etcd's port for its peers {_REACHED}", ["kubernetes.exposed"],
                     either(named("etcd"), says("http-title", "etcd")))),
    *_at(WEB, 8080, ("Apache tells its version", ["banner.version_disclosed"], version),
         ("Apache answers TRACE", ["http.trace"], says("http-methods", "TRACE"))),
    *_at(WEB, 8443, ("TLS 1.0 is spoken", ["tls.tls10"], says("ssl-enum-ciphers", r"TLSv1\.0")),
         ("TLS 1.1 is spoken", ["tls.tls11"], says("ssl-enum-ciphers", r"TLSv1\.1")),
         ("the certificate is expired", ["cert.expired"], says("ssl-cert", "Not valid after"))),
    *_at(DATA, 1883, (f"MQTT {_REACHED}", ["mqtt.exposed"], named("mqtt|mosquitto")),
         ("MQTT lets everybody in", ["mqtt.no_auth"], says("mqtt-subscribe", "Topics"))),
    *_at(DATA, 3306, (f"MariaDB {_REACHED}", ["database.exposed"], named("mysql")),
         ("MariaDB knows no TLS", ["database.no_tls"],
          says("mysql-info", "Capabilities", without="SwitchToSSLAfterHandshake|SupportsSSL")),
         ("MariaDB lets everybody in", ["database.no_auth"], None)),
    *_at(DATA, 5432, (f"PostgreSQL {_REACHED}", ["database.exposed"], named("postgresql")),
         ("PostgreSQL knows no TLS", ["database.no_tls"], None)),
    *_at(DATA, 6379, (f"Redis {_REACHED}", ["database.exposed"], named("redis")),
         ("Redis asks for no password", ["database.no_auth"], says("redis-info", "Version")),
         ("Redis knows no TLS", ["database.no_tls"], None)),
    *_at(DATA, 11211, (f"memcached {_REACHED}", ["database.exposed"], named("memcached")),
         ("memcached asks for no password", ["database.no_auth"],
          either(says("memcached-info", "Process ID"), named("memcached"))),
         ("memcached tells its version", ["banner.version_disclosed"], version),
         ("memcached knows no TLS", ["database.no_tls"], None)),
    *_at(MAIL, 25, ("SMTP offers no STARTTLS", ["smtp.no_starttls"],
                    says("smtp-commands", "[A-Z]", without="STARTTLS"))),
    *_at(MAIL, 53, (f"DNS {_REACHED} over TCP", ["dns.exposed"], named("domain")),
         ("DNS answers the whole world over TCP", ["dns.open_resolver"],
          says("dns-recursion", "enabled"))),
    *_at(MAIL, 53, (f"DNS {_REACHED} over UDP", ["dns.exposed"], named("domain")),
         ("DNS answers the whole world over UDP", ["dns.open_resolver"],
          says("dns-recursion", "enabled")), transport="udp"),
    *_at(MAIL, 88, (f"Kerberos {_REACHED}", ["kerberos.exposed"], named("kerberos"))),
    *_at(MAIL, 110, ("POP3 knows no encryption", ["pop3.plaintext:no_encryption"],
                     says("pop3-capabilities", "[A-Z]", without="STLS"))),
    *_at(MAIL, 143, ("IMAP knows no encryption", ["imap.plaintext:no_encryption"],
                     says("imap-capabilities", "[A-Z]", without="STARTTLS"))),
    *_at(MAIL, 389, (f"LDAP {_REACHED}", ["ldap.exposed"], named("ldap"))),
    *_at(GATE, 500, (f"IKE {_REACHED}", ["ike.exposed"], named("isakmp|ike")),
         ("IKEv1 takes 3DES and group 2", ["ike.weak_crypto:v1_weak"],
          says("ike-version", "3DES|modp1024|group 2")),
         ("IKEv2 takes group 2", ["ike.weak_crypto:weak_accepted"],
          says("ike-version", "modp1024|group 2")), transport="udp"),
    *_at(GATE, 4500, (f"IKE {_REACHED} through NAT", ["ike.exposed"], named("isakmp|ike|nat-t")),
         ("IKEv2 takes group 2 through NAT", ["ike.weak_crypto:weak_accepted"], None),
         transport="udp"),
    *_at(GATE, 1194, (f"OpenVPN {_REACHED} over TCP", ["openvpn.exposed"], named("openvpn"))),
    *_at(GATE, 1194, (f"OpenVPN {_REACHED} over UDP", ["openvpn.exposed"], named("openvpn")),
         transport="udp"),
    *_at(GATE, 1701, (f"L2TP without IPsec {_REACHED}", ["l2tp.exposed"], named("l2tp|xl2tpd")),
         transport="udp"),
    *_at(GATE, 1723, (f"PPTP {_REACHED}", ["pptp.exposed"], named("pptp"))),
    *_at(ROUTER, 111, (f"the port mapper {_REACHED} over TCP", ["rpcbind.exposed"],
                       named("rpcbind"))),
    *_at(ROUTER, 111, (f"the port mapper {_REACHED} over UDP", ["rpcbind.exposed_udp"],
                       named("rpcbind")), transport="udp"),
    *_at(ROUTER, 123, (f"NTP {_REACHED}", ["ntp.exposed"], named("ntp")), transport="udp"),
    *_at(ROUTER, 137, (f"NetBIOS {_REACHED}", ["netbios.exposed_udp"], named("netbios-ns")),
         transport="udp"),
    *_at(ROUTER, 161, (f"SNMP {_REACHED}", ["snmp.exposed"], named("snmp")),
         ('SNMP takes the password "public"', ["snmp.public"], named(r"snmp.*public")),
         transport="udp"),
    *_at(ROUTER, 631, (f"a printer {_REACHED}", ["printer.exposed"], named("^ipp|CUPS")),
         # Debian's CUPS of this version still speaks both, as openssl s_client shows.
         ("TLS 1.0 is spoken", ["tls.tls10"], says("ssl-enum-ciphers", r"TLSv1\.0")),
         ("TLS 1.1 is spoken", ["tls.tls11"], says("ssl-enum-ciphers", r"TLSv1\.1"))),
    *_at(ROUTER, 1900, (f"UPnP {_REACHED}", ["ssdp.exposed"], named("upnp|ssdp")),
         transport="udp"),
)  # fmt: skip
"""All of them; the words are the bench's own."""
