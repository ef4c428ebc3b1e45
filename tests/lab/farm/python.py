"""Servers that run on Python: tlslite-ng, OpenSSL 1.0.2e, and OpenSSL 3.5 or newer."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.lab.daemon import daemon
from tests.lab.farm import primes
from tests.lab.farm.model import Server, Start, findings

FALLBACK_SCSV: Final = 0x5600
RENEGOTIATION_SCSV: Final = 0x00FF
TLS12: Final = 0x0303
TOP: Final = Path(__file__).parents[3]


def program(module: str, **options: object) -> Start:
    """A server program of this package, with these options."""

    @contextlib.contextmanager
    def start(folder: Path, address: str, port: int) -> Iterator[object]:
        own = {"address": address, "port": port, "chain": str(folder / "full.pem"),
               "key": str(folder / "key.pem"), **options}  # fmt: skip
        if own.get("dh"):
            own["dh"] = str(folder / "dh.pem")
            name = str(options["dh"])
            (folder / "dh.pem").write_text(primes.own(getattr(primes, name)), "ascii")
        argv = [sys.executable, "-m", f"tests.lab.farm.{module}", json.dumps(own)]
        with daemon(argv, address, port, log=folder / "log", cwd=TOP) as process:
            yield process

    return start


def has(*modules: str) -> bool:
    """Whether these packages are installed; without them their servers are left out."""
    return all(importlib.util.find_spec(module) is not None for module in modules)


def tlslite(
    name: str, failing: str = "", settings: dict[str, Any] | None = None, *, unseen: str = "",
    options: dict[str, Any] | None = None, **facts: str,
) -> Server:  # fmt: skip
    start = program("tlslite_program", settings=settings or {}, **(options or {}))
    return Server(
        f"tlslite_{name}", start, findings(failing), findings(unseen),
        facts={"server_preference": "yes", **facts}, needs=("-tlslite",),
    )  # fmt: skip


ONLY_12: Final[dict[str, Any]] = {"minVersion": [3, 3], "maxVersion": [3, 3]}
MODERN_SUITES: Final = ["aes128gcm", "aes256gcm", "aes128"]

TLSLITE: Final = (
    tlslite(
        "ssl3_to_12", "tls.sslv3 tls.tls10 tls.tls11",
        {"minVersion": [3, 0], "maxVersion": [3, 3], "cipherNames": MODERN_SUITES},
        versions="ssl3 tls10 tls11 tls12", fallback_scsv="told", dh_bits="2048",
    ),
    tlslite(
        "ssl3_only", "tls.sslv3 tls.no_tls12 tls.no_forward_secrecy",
        {"minVersion": [3, 0], "maxVersion": [3, 0], "cipherNames": ["aes128"],
         "keyExchangeNames": ["rsa"]},
        versions="ssl3", forward_secrecy="no", aead="no", server_preference="unseen",
        unseen="tls.client_renegotiation", client_renegotiation="unseen",
    ),
    tlslite(
        "rc4_3des_null", "tls.rc4 tls.3des tls.null",
        {**ONLY_12, "cipherNames": [*MODERN_SUITES, "rc4", "3des", "null"],
         "keyExchangeNames": ["rsa", "ecdhe_rsa"], "macNames": ["sha", "md5", "aead"]},
        versions="tls12", weak="null rc4 3des",
    ),
    tlslite(
        "deaf_to_fallback", "tls.tls10 tls.tls11 tls.no_fallback_protection",
        {"minVersion": [3, 1], "maxVersion": [3, 3], "cipherNames": MODERN_SUITES},
        options={"deaf_to": [FALLBACK_SCSV]},
        versions="tls10 tls11 tls12", fallback_scsv="served", dh_bits="2048",
    ),
    tlslite(
        "older_than_rfc5746", "tls.insecure_renegotiation",
        {**ONLY_12, "cipherNames": MODERN_SUITES, "keyExchangeNames": ["ecdhe_rsa", "rsa"]},
        options={"deaf_to": [RENEGOTIATION_SCSV]},
        versions="tls12", secure_renegotiation="no",
    ),
    tlslite(
        "tls13", "",
        {"minVersion": [3, 4], "cipherNames": MODERN_SUITES, "eccCurves": ["secp256r1", "x25519"]},
        versions="tls13", static_rsa="no", server_preference="unseen",
    ),
)  # fmt: skip


def old_openssl(
    name: str, failing: str, versions: str, suites: str, *,
    unseen: str = "", options: dict[str, Any] | None = None, **facts: str,
) -> Server:  # fmt: skip
    start = program(
        "old_openssl_program", versions=versions.split(), suites=suites, **(options or {})
    )
    if facts.get("client_renegotiation", "yes") == "yes":
        failing += " tls.client_renegotiation"
    return Server(
        f"openssl102_{name}", start, findings(failing), findings(unseen),
        facts={"versions": versions, "client_renegotiation": "yes", "dh_bits": "0", **facts},
        needs=("-nassl",),
    )  # fmt: skip


CLASSIC: Final = "ssl3 tls10 tls11 tls12"
ALL_OLD: Final = "tls.sslv3 tls.tls10 tls.tls11"

OLD_OPENSSL: Final = (
    old_openssl("default", f"{ALL_OLD} tls.3des tls.rc4", CLASSIC,
                "DEFAULT:!EXPORT:!DES", weak="rc4 3des", fallback_scsv="told"),
    old_openssl(
        "everything",
        f"{ALL_OLD} tls.sslv2 tls.null tls.anon tls.export tls.des tls.rc4 tls.3des "
        "tls.compression tls.dh_weak",
        f"ssl2 {CLASSIC}", "ALL:COMPLEMENTOFALL:eNULL:@STRENGTH",
        options={"compression": True, "dh": "OWN_1024"}, weak="null anon export des rc4 3des",
        compression="yes", dh_bits="1024", fallback_scsv="told",
    ),
    old_openssl(
        "ssl2_only",
        "tls.sslv2 tls.no_tls12 tls.no_forward_secrecy tls.insecure_renegotiation tls.rc4 tls.des "
        "tls.3des tls.export cert.incomplete_chain",
        "ssl2", "ALL:SSLv2", unseen="cert.untrusted_ca tls.no_server_preference",
        weak="export des rc4 3des", forward_secrecy="no", aead="no",
        secure_renegotiation="no", client_renegotiation="no", trust="incomplete",
        static_rsa="no", server_preference="unseen", no_name="unseen not_asked",
    ),
    old_openssl(
        "export", "tls.tls10 tls.no_tls12 tls.no_forward_secrecy tls.export tls.des tls.rc4",
        "tls10", "EXPORT:AES128-SHA:!ADH", weak="export des rc4", forward_secrecy="no", aead="no",
        server_preference="unseen",
    ),
    old_openssl(
        "export_dh", "tls.export tls.des tls.dh_weak", "tls12",
        "ECDHE-RSA-AES128-GCM-SHA256:EXP-EDH-RSA-DES-CBC-SHA", options={"dh": "OWN_512"},
        weak="export des", dh_bits="512", static_rsa="no", server_preference="unseen",
    ),
    old_openssl(
        "compression", "tls.compression", "tls12", "ECDHE+AESGCM:AES128-SHA",
        options={"compression": True}, compression="yes",
    ),
    old_openssl("gap", "tls.sslv3", "ssl3 tls12", "AES128-SHA:ECDHE+AESGCM", fallback_scsv="told"),
    old_openssl(
        "server_preference", "", "tls12",
        "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256", options={"prefers": True},
        server_preference="yes", static_rsa="no",
    ),
)  # fmt: skip

MODERN: Final = (
    Server("openssl35_default", program("modern_program", oldest=TLS12),
           facts={"post_quantum": "yes"}, needs=("-OpenSSL",)),
)  # fmt: skip

SERVERS: Final = TLSLITE + OLD_OPENSSL + MODERN
