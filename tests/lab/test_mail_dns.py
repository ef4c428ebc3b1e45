"""Mail and DNS of domains in real, signed zones: each shows exactly its own weakness."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from posture_scan.collect.dns import Resolver
from posture_scan.collect.net import RealNet
from posture_scan.collect.pace import Pace
from posture_scan.engine.collect import collect, plan_domains
from posture_scan.engine.judge import judge
from posture_scan.engine.pack_set import PackSet
from posture_scan.engine.packs import load_packs
from posture_scan.model.evidence import Asset, Connection
from posture_scan.model.finding import Finding
from posture_scan.model.scope import Scope
from posture_scan.sdk import Collector, Net, Service, Vantage
from tests.checks.encryption.certificates import NOW, authority, make_key
from tests.lab.servers_dns import WEB, Zones, nsd, policies, recursor

pytestmark = pytest.mark.lab

SOUND_POLICY = "version: STSv1\\r\\nmode: enforce\\r\\nmx: *.host.test\\r\\nmax_age: 604800\\r\\n"
TLSA = "TLSA 3 1 1 " + "ab" * 32
ALL_UNKNOWN = {"all"}
SIGNED_MAIL = {
    "mx": "@ MX 10 mail.host.test.",
    "spf": '@ TXT "v=spf1 mx -all"',
    "dmarc": '_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@host.test"',
    "sts": f'_mta-sts TXT "v=STSv1; id=20260101"\nmta-sts A {WEB}',
    "rpt": '_smtp._tls TXT "v=TLSRPTv1; rua=mailto:t@host.test"',
    "caa": '@ CAA 0 issue "ca.test"',
}
"""A domain with mail as it should be; the key of its signatures is added below."""
NO_MAIL = {"dkim": "", "sts": "", "rpt": ""}
NO_DKIM = {"dkim.missing", "dkim.weak_key"}


def key_record(bits: int) -> str:
    """A key as it is published: longer than one string of 255 bytes may be."""
    key = make_key(f"rsa{bits}")
    assert isinstance(key, rsa.RSAPrivateKey)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()
    return "s1._domainkey TXT " + " ".join(f'"{text[i : i + 200]}"' for i in range(0, 600, 200))


@dataclass(frozen=True)
class Case:
    """One domain below ``test``: what differs from a sound one, and what that must show."""

    name: str
    changes: dict[str, str] = field(default_factory=dict)
    failing: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    signed: bool = True
    wrong_ds: bool = False
    policy: str = SOUND_POLICY


def includes(count: int) -> str:
    terms = " ".join(f"include:i{at}.host.test" for at in range(count))
    half = len(terms) // 2
    return f'@ TXT "v=spf1 " "{terms[:half]}" "{terms[half:]}" " -all"'


CASES = (
    Case("sound"),
    Case("softfail", {"spf": '@ TXT "v=spf1 mx ~all"'}),
    Case("shouting", {"dmarc": '_dmarc TXT "V=DMARC1 ; P = REJECT;"',
                      "spf": '@ TXT "V=SPF1 -ALL"'}),
    Case("alias", {"dmarc": "_dmarc CNAME _dmarc.sound.test."}),
    Case("silent", {**NO_MAIL, "mx": "@ MX 0 .", "spf": '@ TXT "v=spf1 -all"'}),
    Case("empty", {**NO_MAIL, "mx": "", "spf": '@ TXT "v=spf1 -all"'}),
    Case("unsaid", {**NO_MAIL, "mx": "@ MX 0 .", "spf": "", "dmarc": ""},
         {"spf.missing", "dmarc.missing"}, NO_DKIM),
    Case("half", {**NO_MAIL, "mx": "@ MX 0 .", "spf": '@ TXT "v=spf1 ~all"',
                  "dmarc": '_dmarc TXT "v=DMARC1; p=quarantine"'},
         {"spf.soft", "dmarc.not_enforced"}),
    Case("nospf", {"spf": '@ TXT "v=spf10 -all"\n@ TXT "\\027[2J\\255\\000junk"'}, {"spf.missing"}),
    Case("twospf", {"spf": '@ TXT "v=spf1 mx -all"\n@ TXT "v=spf1 -all"'}, {"spf.broken"}),
    Case("hostile", {"spf": '@ TXT "v=spf1 \\027[31mred\\227\\129 -all"'}, {"spf.broken"}),
    Case("ten", {"spf": includes(10)}),
    Case("eleven", {"spf": includes(11)}, {"spf.broken"}),
    Case("voids", {"spf": '@ TXT "v=spf1 a:a.host.test a:b.host.test mx:c.host.test -all"'},
         {"spf.broken"}),
    Case("circle", {"spf": '@ TXT "v=spf1 include:circle.test -all"'}, {"spf.broken"}),
    Case("everyone", {"spf": '@ TXT "v=spf1 mx +all"'}, {"spf.permissive"}),
    Case("neutral", {"spf": '@ TXT "v=spf1 mx ?all"'}, {"spf.soft"}),
    Case("led", {"spf": '@ TXT "v=spf1 redirect=sound.test"'}),
    Case("slow", {"spf": '@ TXT "v=spf1 include:lame.test -all"'}, set(),
         {"spf.broken", "spf.permissive"}),
    Case("nodmarc", {"dmarc": '* TXT "v=spf1 -all"'}, {"dmarc.missing"}),
    Case("watched", {"dmarc": '_dmarc TXT "v=DMARC1; p=none"'}, {"dmarc.not_enforced"}),
    Case("trying", {"dmarc": '_dmarc TXT "v=DMARC1; p=reject; t=y"'}, {"dmarc.not_enforced"}),
    Case("partly", {"dmarc": '_dmarc TXT "v=DMARC1; p=reject; pct=20"'}, {"dmarc.not_enforced"}),
    Case("below", {"dmarc": '_dmarc TXT "v=DMARC1; p=reject; sp=none"'}, {"dmarc.not_enforced"}),
    Case("baddmarc", {"dmarc": '_dmarc TXT "v=DMARC1; p=rejct"'}, {"dmarc.broken"}),
    Case("shortkey", {"dkim": key_record(1024)}, {"dkim.weak_key"}),
    Case("nokey", {"dkim": ""}, set(), NO_DKIM),
    Case("revoked", {"dkim": 's1._domainkey TXT "v=DKIM1; p="'}, set(), NO_DKIM),
    Case("nosts", {"sts": ""}, {"mta_sts.missing"}),
    Case("twosts", {"sts": '_mta-sts TXT "v=STSv1; id=1"\n_mta-sts TXT "v=STSv1; id=2"'},
         {"mta_sts.unclear"}),
    Case("testing", {}, {"mta_sts.not_enforced"},
         policy=SOUND_POLICY.replace("enforce", "testing")),
    Case("gone", {}, {"mta_sts.broken"}, policy=""),
    Case("foreign", {}, {"mta_sts.broken"}, policy=SOUND_POLICY.replace("*.host", "other")),
    Case("norpt", {"rpt": ""}, {"tls_rpt.missing"}),
    Case("nodane", {"mx": "@ MX 10 plain.host.test."}, {"dane.missing"}),
    Case("onedane", {"mx": "@ MX 10 mail.host.test.\n@ MX 20 plain.host.test."}, {"dane.broken"}),
    Case("deadmx", {"mx": "@ MX 10 mail.host.test.\n@ MX 20 dead.host.test."}, {"mx.broken"}),
    Case("nomx", {"mx": f"@ A {WEB}", "spf": '@ TXT "v=spf1 a -all"'}, {"mx.missing"}),
    Case("nocaa", {"caa": '@ CAA 0 iodef "mailto:c@host.test"'}, {"caa.missing"}),
    Case("family", {"sub": 'sub MX 10 mail.host.test.\nsub TXT "v=spf1 mx -all"',
                    "dmarc": '_dmarc TXT "v=DMARC1; p=reject; sp=none"'},
         {"dmarc.not_enforced"}),
    Case("unsigned", {}, {"dnssec.missing", "dane.broken"}, signed=False),
    Case("bogus", {}, set(), ALL_UNKNOWN, wrong_ds=True),
)  # fmt: skip
EXTRA = (
    Case("lame", unknown=ALL_UNKNOWN), Case("dark", unknown=ALL_UNKNOWN),
    Case("absent", unknown=ALL_UNKNOWN),
)  # fmt: skip
"""Handed to a server that refuses it, to one that is not there, and to nobody."""


def zone_text(case: Case) -> str:
    return "\n".join({**SIGNED_MAIL, "dkim": key_record(2048), **case.changes}.values())


def hosts() -> str:
    senders = "\n".join(f'i{at} TXT "v=spf1 ip4:192.0.2.{at} -all"' for at in range(11))
    return (
        f"mail A {WEB}\nplain A {WEB}\n_25._tcp.mail {TLSA}\n_25._tcp.dead {TLSA}\n"
        "a TXT x\nb TXT x\nc TXT x\n" + senders
    )


@dataclass(frozen=True)
class Lab:
    """The lab while it runs."""

    folder: Path
    validating: tuple[str, int]
    trusting: tuple[str, int]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("names")
    zones = Zones(folder)
    for case in CASES:
        zones.add(f"{case.name}.test", zone_text(case), signed=case.signed, wrong_ds=case.wrong_ds)
    zones.add("host.test", hosts())
    zones.delegate("lame.test", "ns.test.")
    zones.delegate("dark.test", "nobody.test.")
    anchor = zones.finish()
    with (
        nsd(folder, zones.files),
        recursor(folder, 5301, anchor) as validating,
        recursor(folder, 5302, None) as trusting,
        policies(folder, {f"mta-sts.{case.name}.test": case.policy for case in CASES}),
    ):
        yield Lab(folder, validating, trusting)


PACKS = load_packs()
ONLY = PackSet(tuple(pack for pack in PACKS.packs if pack.name == "mail_dns"))


def look(
    lab: Lab, domain: str, resolver: tuple[str, int] | None = None,
    targets: tuple[str, ...] = ("*.test", WEB), made: list[Connection] | None = None,
) -> dict[str, Finding]:  # fmt: skip
    """Collect and judge one domain as a scan does."""
    scope = Scope("X", "Y", date(2026, 1, 1), date(2027, 1, 1), targets)
    asked = Resolver(nameservers=(resolver or lab.validating,))
    lines: list[Connection] = [] if made is None else made

    def net(_service: Service, item: Collector) -> Net:
        return RealNet(
            scope, pace=Pace.named("lan"), clock=lambda: NOW, deadline=time.monotonic() + 60,
            record=lines.append, purpose=item.name, max_connections=item.max_connections,
            ca_file=str(lab.folder / "root.pem"), resolver=asked,
        )  # fmt: skip

    evidence = list(
        collect(
            plan_domains(ONLY, [domain]), net, vantage=Vantage.EXTERNAL, clock=lambda: NOW,
            stop=threading.Event(), progress=lambda *_, **__: None,
        )
    )  # fmt: skip
    asset = Asset(domain, "domain", names=(domain,), reached=True)
    found = judge(ONLY, evidence, [asset], now=NOW)
    assert len({finding.check for finding in found}) == len(found) == len(ONLY.checks)
    return {finding.check: finding for finding in found}


def with_status(found: dict[str, Finding], status: str) -> set[str]:
    return {check for check, finding in found.items() if finding.status.value == status}


@pytest.mark.parametrize("case", [*CASES, *EXTRA], ids=lambda case: case.name)
def test_each_domain_shows_its_own_weakness_and_no_other(lab: Lab, case: Case) -> None:
    found = look(lab, f"{case.name}.test")
    assert with_status(found, "fail") == case.failing
    assert with_status(found, "error") == set()
    every = set(found) if case.unknown == ALL_UNKNOWN else case.unknown
    assert with_status(found, "unknown") == every
    assert all(finding.actual.isprintable() for finding in found.values())


def test_a_domain_without_mail_is_proven_so(lab: Lab) -> None:
    for name in ("silent", "empty"):
        found = look(lab, f"{name}.test")
        assert with_status(found, "fail") == with_status(found, "unknown") == set()
        apart = {check.partition(".")[0] for check in with_status(found, "not_applicable")}
        assert {"dkim", "mta_sts", "tls_rpt", "dane"} <= apart
    assert look(lab, "unsaid.test")["spf.missing"].reason == "no_mail"
    assert look(lab, "half.test")["dmarc.not_enforced"].reason == "no_mail"


def test_a_domain_below_another_inherits_what_stands_above(lab: Lab) -> None:
    found = look(lab, "sub.family.test")
    assert with_status(found, "fail") == {
        "dmarc.not_enforced", "mta_sts.missing", "tls_rpt.missing",
    }  # fmt: skip
    assert with_status(found, "unknown") == NO_DKIM
    assert found["dmarc.missing"].reason == "inherited"
    assert found["caa.missing"].values["found_at"] == "family.test"
    assert found["dnssec.missing"].values["zone"] == "family.test"


def test_a_domain_that_is_not_there_is_a_question_of_spelling(lab: Lab) -> None:
    assert {finding.reason for finding in look(lab, "absent.test").values()} == {"no_domain"}


def test_a_resolver_that_does_not_validate_proves_nothing(lab: Lab) -> None:
    found = look(lab, "sound.test", lab.trusting)
    assert with_status(found, "fail") == set()
    assert with_status(found, "unknown") == {"dnssec.missing", "dane.broken"}
    # and it hands out what the other one held back
    assert with_status(look(lab, "bogus.test", lab.trusting), "fail") == set()


def test_a_resolver_that_is_not_there_leaves_everything_unknown(lab: Lab) -> None:
    found = look(lab, "sound.test", ("127.71.4.98", 53))
    assert with_status(found, "unknown") == set(found)


def test_a_policy_outside_the_scope_is_not_fetched(lab: Lab) -> None:
    made: list[Connection] = []
    found = look(lab, "sound.test", targets=("sound.test",), made=made)
    assert found["mta_sts.broken"].reason == "out_of_scope"
    assert with_status(found, "fail") == set()
    assert not [line for line in made if line.port == 443 and line.received]


def test_a_policy_behind_a_certificate_that_nobody_trusts(lab: Lab) -> None:
    strange = replace(lab, folder=lab.folder / "other")
    strange.folder.mkdir()
    (strange.folder / "root.pem").write_bytes(authority("Other Root", number=98).pem)
    found = look(strange, "sound.test")
    assert found["mta_sts.broken"].reason == "untrusted"
