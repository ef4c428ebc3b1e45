"""Nginx as Debian builds it: what most web servers of small firms look like."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.checks.encryption.certificates import NAME, Issued
from tests.lab.farm.model import Server, Start, findings, foreground
from tests.lab.farm.openssl import EC, OTHER
from tests.lab.tls_service import MIDDLE


def nginx(servers: str) -> Start:
    """With these ``server`` blocks; ``LISTEN`` stands for the address and port."""

    @contextlib.contextmanager
    def start(folder: Path, address: str, port: int) -> Iterator[object]:
        config = folder / "nginx.conf"
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        config.write_text(
            f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors;"
            f"events {{}} http {{ access_log off; {temporary} "
            f"ssl_certificate {folder}/full.pem; ssl_certificate_key {folder}/key.pem;"
            + servers.replace("LISTEN", f"listen {address}:{port} ssl").replace(
                "FOLDER", str(folder)
            )
            + "}",
            "utf-8",
        )
        with foreground(["nginx", "-c", str(config)], folder, address, port) as process:
            yield process

    return start


def server(
    name: str, servers: str, failing: str = "", *, versions: str = "tls12",
    beside: tuple[tuple[Issued, ...], ...] = (), **facts: str,
) -> Server:  # fmt: skip
    if versions == "tls13":  # in which every suite is sound
        facts = {"server_preference": "unseen", **facts}
    return Server(
        f"nginx_{name}", nginx(servers), findings(failing), facts={"versions": versions, **facts},
        beside=beside, needs=("nginx",),
    )  # fmt: skip


OLD = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2; ssl_ciphers DEFAULT:@SECLEVEL=0;"
FOR_THE_OTHER = "ssl_certificate FOLDER/full1.pem; ssl_certificate_key FOLDER/key1.pem;"

SERVERS = (
    server("default", "server { LISTEN; }"),
    server(
        "modern", "server { LISTEN; ssl_protocols TLSv1.2 TLSv1.3; ssl_ciphers ECDHE+AESGCM; }",
        versions="tls12 tls13", static_rsa="no",
    ),
    server("tls13", "server { LISTEN; ssl_protocols TLSv1.3; }",
           versions="tls13", static_rsa="no"),
    server("old", f"server {{ LISTEN; {OLD} }}", "tls.tls10 tls.tls11",
           versions="tls10 tls11 tls12", fallback_scsv="told"),
    server("gap", f"server {{ LISTEN; {OLD.replace('TLSv1.1 ', '')} }}", "tls.tls10",
           versions="tls10 tls12", fallback_scsv="told"),
    server("server_preference", "server { LISTEN; ssl_prefer_server_ciphers on; ssl_ciphers "
           "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA; }",
           server_preference="yes"),
    server("both_kinds_of_key", f"server {{ LISTEN; {FOR_THE_OTHER} "
           "ssl_certificate FOLDER/full.pem; ssl_certificate_key FOLDER/key.pem; }",
           beside=((EC, MIDDLE),), keys="ecdsa rsa"),
    server("client_certificate", "server { LISTEN; ssl_verify_client on; "
           "ssl_client_certificate FOLDER/root.pem; }"),
    server("by_name_only", "server { LISTEN default_server; ssl_reject_handshake on; }"
           f" server {{ LISTEN; server_name {NAME}; }}", no_name="refused"),
    server("other_without_a_name", f"server {{ LISTEN default_server; {FOR_THE_OTHER} }}"
           f" server {{ LISTEN; server_name {NAME}; }}",
           beside=((OTHER, MIDDLE),), no_name="other"),
)  # fmt: skip
"""``FULL`` stands in the ``http`` block; a server block may take another chain."""
