"""``openssl s_server`` in every configuration that Debian's OpenSSL 3 still allows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.checks.encryption.certificates import NOW, Issued, authority, issue
from tests.lab.farm import primes
from tests.lab.farm.model import Server, Start, findings, foreground
from tests.lab.tls_service import FULL, MIDDLE, SOUND

DAY = timedelta(days=1)
STRANGER = authority("Stranger Root", number=95)
EC = issue(issuer=MIDDLE)
OTHER = issue("other.example.jp", issuer=MIDDLE, kind="rsa2048")
WEAKENED = ":@SECLEVEL=0"
NO_12 = "-no_tls1_2 -no_tls1_3"
FS = "ECDHE+AESGCM"
ONE_SUITE = "unseen"
"""There is nothing to choose from."""
RENEWAL = "tls.client_renegotiation"
"""Not to be seen where our own client knows no group or suite of the server's."""
TOLD = "told"
"""OpenSSL tells a client that falls back for no reason (RFC 7507) since 1.0.1j."""


def s_server(arguments: str, dh: str = "") -> Start:
    """With these arguments; ``dh`` names the Diffie-Hellman parameters in ``dh.pem``."""

    @contextlib.contextmanager
    def start(folder: Path, address: str, port: int) -> Iterator[object]:
        # it ends a connection when its input is at an end, so it gets one that has none
        argv = ["sh", "-c", 'tail -f /dev/null | exec openssl s_server "$@"', "sh"]
        argv += ["-quiet", "-accept", f"{address}:{port}", "-cert", "leaf.pem", "-key", "key.pem"]
        if (folder / "rest.pem").stat().st_size:
            argv += ["-cert_chain", "rest.pem"]
        if dh:
            text = primes.own(getattr(primes, dh)) if dh.isupper() else primes.listed(dh)
            (folder / "dh.pem").write_text(text, "ascii")
            argv += ["-dhparam", "dh.pem"]
        with foreground([*argv, *arguments.split()], folder, address, port) as process:
            yield process

    return start


def server(
    name: str, arguments: str = "", failing: str = "", *, dh: str = "", unseen: str = "",
    chain: tuple[Issued, ...] = FULL, beside: tuple[tuple[Issued, ...], ...] = (), **facts: str,
) -> Server:  # fmt: skip
    if "-cipher" not in arguments and "-tls1_3" not in arguments and facts.get("keys") != "ecdsa":
        facts = {"dh_bits": "2048", **facts}  # chosen by itself to fit the key
    if facts.get("versions") == "tls13":  # in which every suite is sound
        facts = {"server_preference": "unseen", **facts}
    return Server(
        f"openssl_{name}", s_server(arguments, dh), findings(failing), findings(unseen), facts,
        chain=chain, beside=beside, needs=("openssl",),
    )  # fmt: skip


VERSIONS = (
    server("default", static_rsa="yes"),
    server("ecdsa", chain=(EC, MIDDLE), keys="ecdsa", static_rsa="no"),
    server("tls12_only", "-tls1_2", versions="tls12"),
    server("tls13_only", "-tls1_3", versions="tls13", static_rsa="no"),
    server("tls13_p521_by_retry", "-tls1_3 -groups P-521", versions="tls13", static_rsa="no",
           no_name="no_certificate"),
    server(
        "tls10_and_11", f"{NO_12} -cipher ECDHE+AES{WEAKENED}", "tls.tls10 tls.tls11 tls.no_tls12",
        versions="tls10 tls11", static_rsa="no", aead="no", fallback_scsv=TOLD,
    ),
    server(
        "tls10_only", f"-tls1 -cipher AES128-SHA{WEAKENED}",
        "tls.tls10 tls.no_tls12 tls.no_forward_secrecy",
        versions="tls10", forward_secrecy="no", aead="no", server_preference=ONE_SUITE,
    ),
    server(
        "tls10_to_13", f"-cipher DEFAULT{WEAKENED}", "tls.tls10 tls.tls11",
        versions="tls10 tls11 tls12 tls13", dh_bits="2048", fallback_scsv=TOLD,
    ),
)  # fmt: skip

SUITES = (
    server(
        "forward_secret_only", f"-tls1_2 -cipher {FS}", versions="tls12", static_rsa="no"
    ),
    server(
        "static_rsa_only", "-tls1_2 -cipher AES128-GCM-SHA256", "tls.no_forward_secrecy",
        versions="tls12", forward_secrecy="no", server_preference=ONE_SUITE,
    ),
    server(
        "static_rsa_preferred",
        "-tls1_2 -serverpref -cipher AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
        "tls.no_forward_secrecy",
        versions="tls12", forward_secrecy="no", server_preference="yes",
    ),
    server(
        "server_preference", "-tls1_2 -serverpref -cipher "
        "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA",
        versions="tls12", server_preference="yes",
    ),
    server("cbc_only", "-tls1_2 -cipher ECDHE+AES+SHA384:ECDHE+AES+SHA",
           versions="tls12", static_rsa="no", aead="no"),
    server(
        "null", f"-tls1_2 -cipher {FS}:NULL-SHA256{WEAKENED}", "tls.null",
        versions="tls12", weak="null",
    ),
    server(
        "anonymous", f"-tls1_2 -cipher {FS}:AECDH-AES128-SHA{WEAKENED}", "tls.anon",
        versions="tls12", weak="anon", static_rsa="no",
    ),
    server("psk_beside", f"-tls1_2 -psk 00ff -cipher {FS}:PSK", versions="tls12", static_rsa="no"),
    server("aria", "-tls1_2 -cipher ECDHE-ARIA128-GCM-SHA256:ECDHE-ARIA256-GCM-SHA384",
           versions="tls12", static_rsa="no"),
    server("camellia", "-tls1_2 -cipher CAMELLIA128-SHA", "tls.no_forward_secrecy",
           versions="tls12", forward_secrecy="no", aead="no", server_preference=ONE_SUITE),
    server("ccm8", "-tls1_2 -cipher ECDHE-ECDSA-AES128-CCM8", chain=(EC, MIDDLE),
           versions="tls12", keys="ecdsa", static_rsa="no", server_preference=ONE_SUITE),
    server("tls13_ccm8", "-tls1_3 -ciphersuites TLS_AES_128_CCM_8_SHA256",
           versions="tls13", static_rsa="no"),
    server("ccm", "-tls1_2 -cipher ECDHE+AESCCM:RSA+AESCCM",
           versions="tls12", chain=(EC, MIDDLE), keys="ecdsa", static_rsa="no"),
)  # fmt: skip

GROUPS = (
    server(
        "dhe_auto", "-tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256",
        versions="tls12", static_rsa="no", dh_bits="2048", server_preference=ONE_SUITE,
    ),
    server(
        "dhe_own_1024", f"-tls1_2 -cipher {FS}:DHE+AESGCM{WEAKENED}", "tls.dh_weak",
        dh="OWN_1024", versions="tls12", static_rsa="no", dh_bits="1024",
    ),
    server(
        "dhe_oakley_1024", f"-tls1_2 -cipher {FS}:DHE+AESGCM{WEAKENED}", "tls.dh_weak",
        dh="OAKLEY_2", versions="tls12", static_rsa="no", dh_bits="1024",
    ),
    server(
        "dhe_modp2048", "-tls1_2 -cipher DHE+AESGCM", dh="modp_2048",
        versions="tls12", static_rsa="no", dh_bits="2048",
    ),
    server(
        "dhe_ffdhe3072", "-tls1_2 -cipher DHE+AESGCM", dh="ffdhe3072",
        versions="tls12", static_rsa="no", dh_bits="3072",
    ),
    server("ecdh_p384", f"-tls1_2 -groups P-384 -cipher {FS}", versions="tls12", static_rsa="no"),
    server("ecdh_p521", f"-tls1_2 -groups P-521 -cipher {FS}", versions="tls12", static_rsa="no"),
    server("ecdh_x448", f"-tls1_2 -groups X448 -cipher {FS}", versions="tls12", static_rsa="no"),
    server("ecdh_brainpool", f"-tls1_2 -groups brainpoolP256r1 -cipher {FS}", unseen=RENEWAL,
           versions="tls12", static_rsa="no", client_renegotiation="unseen"),
    server("ecdh_k256", f"-tls1_2 -groups secp256k1 -cipher {FS}", unseen=RENEWAL,
           versions="tls12", static_rsa="no", client_renegotiation="unseen"),
    server("tls13_x25519", "-tls1_3 -groups X25519", versions="tls13", static_rsa="no"),
    server("tls13_ffdhe", "-tls1_3 -groups ffdhe2048", versions="tls13", static_rsa="no",
           no_name="no_certificate"),
)  # fmt: skip

HABITS = (
    server("client_renegotiation", "-tls1_2 -client_renegotiation",
           "tls.client_renegotiation", versions="tls12",
           client_renegotiation="yes"),
    server("no_renegotiation", "-tls1_2 -no_renegotiation", versions="tls12"),
    server("no_tickets", "-no_ticket -num_tickets 0"),
    server("client_certificate_wanted", "-verify 1"),
    server("client_certificate_needed", "-Verify 1", unseen="tls.client_renegotiation",
           client_renegotiation="unseen"),
    server("alpn_offered", "-alpn h2,http/1.1"),
    server(
        "both_kinds_of_key",
        "-dcert leaf1.pem -dkey key1.pem -dcert_chain rest1.pem",
        beside=((EC, MIDDLE),), keys="ecdsa rsa",
    ),
    server(
        "one_kind_of_key_expired", "-dcert leaf1.pem -dkey key1.pem -dcert_chain rest1.pem",
        "cert.expired", chain=(issue(issuer=MIDDLE, kind="rsa2048", ends=NOW - DAY), MIDDLE),
        beside=((EC, MIDDLE),), keys="ecdsa rsa",
    ),
    server(
        "other_without_a_name",
        "-servername shop.example.jp -cert2 leaf1.pem -key2 key1.pem -tls1_2",
        "cert.incomplete_chain", unseen="cert.untrusted_ca",  # -cert2 takes one certificate only
        chain=(OTHER, MIDDLE), beside=(FULL,), versions="tls12", no_name="other",
        trust="incomplete",
    ),
)  # fmt: skip

LONG = tuple(f"host-{n}.of-a-large-company.example.jp" for n in range(40))
MANY = tuple(
    issue(f"Spare {n}", issuer=MIDDLE, ca=True, number=200 + n, names=LONG) for n in range(14)
)
"""Over 16 kB, which is more than one record holds."""
assert sum(len(one.der) for one in MANY) > 1 << 14

CERTIFICATES = (
    server("expired", "", "cert.expired", chain=(issue(issuer=MIDDLE, ends=NOW - DAY), MIDDLE),
           keys="ecdsa", static_rsa="no"),
    server("expires", "", "cert.expiring_soon",
           chain=(issue(issuer=MIDDLE, ends=NOW + DAY), MIDDLE), keys="ecdsa", static_rsa="no"),
    server("early", "", "cert.not_yet_valid",
           chain=(issue(issuer=MIDDLE, starts=NOW + DAY), MIDDLE), keys="ecdsa", static_rsa="no"),
    server("self_signed", "", "cert.self_signed", chain=(issue(),), keys="ecdsa", static_rsa="no",
           trust="self_signed"),
    server(
        "self_signed_tls13_expired_for_another", "-tls1_3",
        "cert.self_signed cert.expired cert.hostname_mismatch",
        chain=(issue("other.example.jp", ends=NOW - DAY),),
        versions="tls13", keys="ecdsa", static_rsa="no", trust="self_signed",
    ),
    server("wrong_name", "", "cert.hostname_mismatch",
           chain=(issue("www.a.jp", issuer=MIDDLE), MIDDLE), keys="ecdsa", static_rsa="no"),
    server("wildcard", chain=(issue("x", issuer=MIDDLE, names=("*.example.jp",)), MIDDLE),
           keys="ecdsa", static_rsa="no"),
    server("no_intermediate", "", "cert.incomplete_chain", unseen="cert.untrusted_ca",
           chain=(SOUND,), trust="incomplete"),
    server("no_intermediate_tls13", "-tls1_3", "cert.incomplete_chain", unseen="cert.untrusted_ca",
           chain=(SOUND,), versions="tls13", static_rsa="no", trust="incomplete"),
    server("stranger", "", "cert.untrusted_ca", chain=(issue(issuer=STRANGER), STRANGER),
           keys="ecdsa", static_rsa="no", trust="unknown_ca"),
    server("ed25519", chain=(issue(issuer=MIDDLE, kind="ed25519"), MIDDLE), keys="ed25519",
           static_rsa="no", dh_bits="0"),
    server("dsa", f"-tls1_2 -cipher DHE-DSS-AES128-GCM-SHA256:DHE-DSS-AES128-SHA{WEAKENED}",
           "cert.weak_key", unseen="tls.no_server_preference",
           chain=(issue(issuer=MIDDLE, kind="dsa2048"), MIDDLE), keys="dsa", versions="tls12",
           static_rsa="no", dh_bits="2048", server_preference="unseen"),
    server("rsa1024", f"-cipher {FS}{WEAKENED}", "cert.weak_key",
           chain=(issue(issuer=MIDDLE, kind="rsa1024"), MIDDLE), static_rsa="no"),
    server("chain_of_many_records", "-tls1_2", "cert.unordered_chain",
           chain=(*FULL, *MANY), versions="tls12"),
)  # fmt: skip

WITHOUT_A_NAME = replace(
    server("without_a_name", "", "cert.expired", chain=(issue(ends=NOW - DAY),), keys="ecdsa",
           static_rsa="no", trust="not_judged", no_name="unseen not_asked"),
    named=False,
)  # fmt: skip

SERVERS = (WITHOUT_A_NAME, *VERSIONS, *SUITES, *GROUPS, *HABITS, *CERTIFICATES)
