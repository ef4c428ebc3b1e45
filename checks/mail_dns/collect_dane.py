"""Certificates of mail servers fixed in DNS (DANE, RFC 7672): TLSA records, signed or not."""

from __future__ import annotations

from dataclasses import dataclass
from string import hexdigits
from typing import Final

from posture_scan.checks.mail_dns.collect_dnssec import validating
from posture_scan.checks.mail_dns.collect_mx import MOST_HOSTS, mx_hosts
from posture_scan.checks.mail_dns.names import exists, is_name, kept

from posture_scan.sdk import PASSIVE, AttemptError, Domain, Facts, Net, collector

_FOR_MAIL: Final = (2, 3)
"""Usages that RFC 7672 section 3.1 leaves for mail."""
_HASH_DIGITS: Final = {1: 64, 2: 128}
"""Hexadecimal digits of SHA-256 and SHA-512 (RFC 6698 section 2.1.3)."""
_MOST_SELECTOR: Final = 1
_PARTS: Final = 4


@dataclass(frozen=True)
class DaneHost:
    """What DNS says of one mail server's certificate."""

    host: str
    records: int = 0
    usable: int = 0
    authenticated: bool = False
    unread: bool = False
    """The resolver gave no answer: also what it does with a forged or broken signature."""


@dataclass(frozen=True)
class DaneState(Facts):
    """TLSA records of a domain's mail servers."""

    no_name: bool = False
    """DNS knows no such domain."""
    hosts: tuple[DaneHost, ...] = ()
    mx_authenticated: bool = False
    """The list of mail servers itself was validated (section 2.2.1)."""
    validates: bool = False
    """Whether the resolver validates at all."""


def usable(record: str) -> bool:
    """Tell whether a mail server may check a certificate with this TLSA record."""
    parts = record.split()
    if len(parts) < _PARTS or not all(one.isdecimal() for one in parts[: _PARTS - 1]):
        return False
    usage, selector, matching = (int(one[:4]) for one in parts[: _PARTS - 1])
    data = "".join(parts[_PARTS - 1 :])
    digits = len(data) if set(data) <= set(hexdigits) else -1
    fits = digits == _HASH_DIGITS[matching] if matching in _HASH_DIGITS else matching == 0 < digits
    return usage in _FOR_MAIL and selector <= _MOST_SELECTOR and fits


@collector(on=Domain(), intrusiveness=PASSIVE)
def dane_state(domain: str, net: Net) -> DaneState:
    """Ask for each mail server's TLSA records."""
    if not exists(domain, net):
        return DaneState(no_name=True)
    answer = net.lookup(domain, "MX")
    named = [host for host in mx_hosts(answer.records) if host and is_name(f"_25._tcp.{host}")]
    hosts = tuple(_host(host, net) for host in named[:MOST_HOSTS])
    return DaneState(hosts=hosts, mx_authenticated=answer.authenticated, validates=validating(net))


def _host(host: str, net: Net) -> DaneHost:
    try:
        answer = net.lookup(f"_25._tcp.{host}", "TLSA")
    except AttemptError:
        return DaneHost(kept(host), unread=True)
    count = sum(usable(record) for record in answer.records)
    return DaneHost(kept(host), len(answer.records), count, answer.authenticated)
