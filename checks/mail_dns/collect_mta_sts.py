"""Encryption demanded of whoever sends mail to a domain (MTA-STS, RFC 8461)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from posture_scan.checks.mail_dns.collect_mx import mx_hosts
from posture_scan.checks.mail_dns.names import beginning, exists, kept, tags
from posture_scan.checks.mail_dns.sts_certificate import StsCertificate, read_leaf
from posture_scan.checks.mail_dns.sts_parse import (
    IS_RECORD,
    StsPolicy,
    covers,
    has_id,
    parse_policy,
)

from posture_scan.sdk import (
    HANDSHAKE,
    PASSIVE,
    Attempt,
    AttemptError,
    Domain,
    Facts,
    Net,
    Service,
    collector,
)

PATH: Final = "/.well-known/mta-sts.txt"
LONGEST_POLICY: Final = 65_536
"""Section 3.3 suggests this limit."""
_OK: Final = 200


@dataclass(frozen=True)
class MtaStsRecord(Facts):
    """The record that announces a policy."""

    no_name: bool = False
    """DNS knows no such domain."""
    count: int = 0
    """How many records claim to be it; only one may (section 3.1)."""
    has_id: bool = False


@dataclass(frozen=True)
class MtaStsPolicy(Facts):
    """The policy that the domain's web server hands out."""

    no_name: bool = False
    """DNS knows no such domain."""
    announced: bool = False
    """One record announces it; without one nobody asks for a policy, nor did we."""
    no_host: bool = False
    """The name of the web server leads to no address."""
    attempt: Attempt = Attempt.OK
    """How fetching it ended."""
    status: int = 0
    """The web server's answer; 200 where the policy was handed out."""
    policy: StsPolicy = field(default_factory=StsPolicy)
    uncovered: tuple[str, ...] = ()
    """Mail servers that the policy does not name."""
    certificate: StsCertificate = field(default_factory=StsCertificate)
    """What the web server showed; empty where it was not reached."""


@collector(on=Domain(), intrusiveness=PASSIVE)
def mta_sts_record(domain: str, net: Net) -> MtaStsRecord:
    """Read the record."""
    if not exists(domain, net):
        return MtaStsRecord(no_name=True)
    found = beginning(net.lookup(f"_mta-sts.{domain}", "TXT"), IS_RECORD)
    good = len(found) == 1 and has_id(dict(tags(found[0])).get("id", ""))
    return MtaStsRecord(count=len(found), has_id=good)


@collector(on=Domain(), intrusiveness=HANDSHAKE, max_connections=2)
def mta_sts_policy(domain: str, net: Net) -> MtaStsPolicy:
    """Fetch the policy where a record announces one, and look at the certificate beside it."""
    record = mta_sts_record.function(domain, net)
    if record.no_name or record.count != 1:
        return MtaStsPolicy(no_name=record.no_name)
    name = f"mta-sts.{domain}"
    address = next((a for kind in ("A", "AAAA") for a in net.lookup(name, kind).records), "")
    if not address:
        return MtaStsPolicy(announced=True, no_host=True)
    service = Service("http", tls=True, address=address, port=443, names=(name,))
    try:
        certificate = _certificate(service, name, net)
        answer = net.http(service, PATH, name=name, follow=0, limit=LONGEST_POLICY)
    except AttemptError as error:
        return MtaStsPolicy(announced=True, attempt=error.attempt)
    policy = parse_policy(answer.body) if answer.status == _OK else StsPolicy()
    hosts = [host for host in mx_hosts(net.lookup(domain, "MX").records) if host]
    open_hosts = [kept(h) for h in hosts if not any(covers(p, h) for p in policy.servers)]
    return MtaStsPolicy(
        announced=True, status=answer.status, policy=policy, certificate=certificate,
        uncovered=tuple(open_hosts[:10]) if policy.servers else (),
    )  # fmt: skip


def _certificate(service: Service, name: str, net: Net) -> StsCertificate:
    with net.connect(service) as channel:
        channel.start_tls(name)
        chain = channel.peer_chain()
    return read_leaf(chain, name, net.verify_chain(chain, name))
