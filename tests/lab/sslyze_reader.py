"""What sslyze found out about a server, in the same plain words as ``farm/facts_read.py``.

sslyze is under the AGPL and is used here only, to check ours against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from sslyze import (
    CertificateInfoExtraArgument,
    ScanCommand,
    ScanCommandAttemptStatusEnum,
    ScanCommandErrorReasonEnum,
    ScanCommandsExtraArguments,
    Scanner,
    ServerNetworkConfiguration,
    ServerNetworkLocation,
    ServerScanRequest,
    ServerScanResult,
    ServerScanStatusEnum,
    SessionRenegotiationExtraArgument,
)

from tests.checks.encryption.certificates import NAME
from tests.lab.farm.facts_read import key_of
from tests.lab.farm.running import Place

VERSIONS = {
    "ssl2": "ssl_2_0_cipher_suites", "ssl3": "ssl_3_0_cipher_suites",
    "tls10": "tls_1_0_cipher_suites", "tls11": "tls_1_1_cipher_suites",
    "tls12": "tls_1_2_cipher_suites", "tls13": "tls_1_3_cipher_suites",
}  # fmt: skip
WEAK = {
    "null": ("_NULL_",), "anon": ("_anon_",), "export": ("EXPORT",),
    "des": ("_DES_CBC_", "_DES40_", "_DES_64_"), "rc4": ("_RC4_",), "3des": ("_3DES_", "_DES_192_"),
}  # fmt: skip
__all__ = ["TOLD", "ServerScanResult", "chains", "curves", "findings", "read", "scan"]

COMMANDS = {
    *(getattr(ScanCommand, name.upper()) for name in VERSIONS.values()),
    ScanCommand.CERTIFICATE_INFO, ScanCommand.TLS_COMPRESSION, ScanCommand.TLS_FALLBACK_SCSV,
    ScanCommand.SESSION_RENEGOTIATION, ScanCommand.ELLIPTIC_CURVES,
}  # fmt: skip
SERVERS_AT_ONCE, CONNECTIONS_AT_ONCE = 8, 4


def scan(places: dict[str, Place]) -> Iterator[tuple[str, ServerScanResult]]:
    """Every server of the farm, in the order in which sslyze ends.

    On a busy computer a question may run out of time; such a server is asked once more, by itself.
    """
    late = {}
    for name, result in _scan(places, SERVERS_AT_ONCE):
        if _out_of_time(result):
            late[name] = places[name]
        else:
            yield name, result
    if late:
        yield from _scan(late, 1)


def _out_of_time(result: ServerScanResult) -> bool:
    if result.scan_result is None:
        return True
    attempts = (getattr(result.scan_result, command.value) for command in COMMANDS)
    late = ScanCommandErrorReasonEnum.CONNECTIVITY_ISSUE
    return any(attempt.error_reason is late for attempt in attempts)


def _scan(places: dict[str, Place], servers_at_once: int) -> Iterator[tuple[str, ServerScanResult]]:
    requests = {}
    for name, place in places.items():
        request = ServerScanRequest(
            ServerNetworkLocation(NAME, place.port, place.address),
            ServerNetworkConfiguration(NAME, network_timeout=5, network_max_retries=1),
            scan_commands=COMMANDS,
            scan_commands_extra_arguments=ScanCommandsExtraArguments(
                certificate_info=CertificateInfoExtraArgument(place.folder / "root.pem"),
                session_renegotiation=SessionRenegotiationExtraArgument(1),
            ),
        )
        requests[request.uuid] = (name, request)
    scanner = Scanner(CONNECTIONS_AT_ONCE, servers_at_once)
    scanner.queue_scans([request for _name, request in requests.values()])
    for result in scanner.get_results():
        yield requests[result.uuid][0], result


def told(result: ServerScanResult, command: str) -> Any:
    """What one command found; None where it failed."""
    attempt = getattr(result.scan_result, command)
    return attempt.result if attempt.status is ScanCommandAttemptStatusEnum.COMPLETED else None


def read(result: ServerScanResult) -> dict[str, str]:
    """All that sslyze tells: what it could not see is ``unseen``, what it never asks is left out.

    Left out too is trust, which it judges by the rules for public authorities and by the clock of
    the computer; the chains themselves are compared instead.
    """
    if result.scan_status is not ServerScanStatusEnum.COMPLETED:
        return {}
    accepted = {
        version: told(result, command).accepted_cipher_suites if told(result, command) else None
        for version, command in VERSIONS.items()
    }
    suites = [one for found in accepted.values() for one in found or ()]
    names = [one.cipher_suite.name for one in suites]
    return {
        "versions": " ".join(
            v if f is not None else f"{v}?" for v, f in accepted.items() if f != []
        ),
        "weak": " ".join(kind for kind in WEAK if any(_weak(name, kind) for name in names)),
        "forward_secrecy": _yes(any(map(_is_forward_secret, names))),
        "static_rsa": _yes(any(map(_is_static, names))),
        "dh_bits": str(_smallest_dh(suites)),
        "aead": _yes(any(mark in name for name in names for mark in ("GCM", "CHACHA", "CCM"))),
        "compression": _said(told(result, "tls_compression"), "supports_compression"),
        "secure_renegotiation": _said(
            told(result, "session_renegotiation"), "supports_secure_renegotiation"
        ),
        "client_renegotiation": _said(
            told(result, "session_renegotiation"), "is_vulnerable_to_client_renegotiation_dos"
        ),
        "fallback_scsv": _fallback(result, accepted),
        **_certificates(told(result, "certificate_info")),
    }


def findings(facts: dict[str, str]) -> set[str]:
    """The checks that fail by what sslyze found out."""
    versions, weak = facts["versions"].split(), facts["weak"].split()
    wrong = {
        "sslv2": "ssl2" in versions,
        "sslv3": "ssl3" in versions,
        "tls10": "tls10" in versions,
        "tls11": "tls11" in versions,
        "no_tls12": not {"tls12", "tls13"} & set(versions),
        "no_forward_secrecy": facts["forward_secrecy"] == "no",
        "dh_weak": 0 < int(facts["dh_bits"]) < 2048,
        "compression": facts["compression"] == "yes",
        "insecure_renegotiation": facts["secure_renegotiation"] == "no",
        **{kind: kind in weak for kind in WEAK},
    }
    return {f"tls.{name}" for name, there in wrong.items() if there}


TOLD = {
    f"tls.{name}"
    for name in ("sslv2", "sslv3", "tls10", "tls11", "no_tls12", "no_forward_secrecy", "dh_weak",
                 "compression", "insecure_renegotiation", *WEAK)
}  # fmt: skip
"""Checks that sslyze can answer."""


def curves(result: ServerScanResult) -> set[str]:
    """Elliptic curves it was served with."""
    found = told(result, "elliptic_curves")
    return {curve.name for curve in found.supported_curves or ()} if found else set()


def chains(result: ServerScanResult) -> set[tuple[bytes, ...]]:
    """Every chain that was shown under the name."""
    found = told(result, "certificate_info")
    deployments = found.certificate_deployments if found else ()
    return {_ders(deployment) for deployment in deployments}


def _ders(deployment: Any) -> tuple[bytes, ...]:
    return tuple(one.public_bytes(Encoding.DER) for one in deployment.received_certificate_chain)


def _yes(there: object) -> str:
    return "yes" if there else "no"


def _said(found: Any, name: str) -> str:
    return "unseen" if found is None else _yes(getattr(found, name))


def _fallback(result: ServerScanResult, accepted: dict[str, Any]) -> str:
    """It takes the refusal of a version that the server does not have for support of the signal."""
    if sum(bool(accepted[version]) for version in ("ssl3", "tls10", "tls11", "tls12")) < 2:
        return "no_older_version"
    said = _said(told(result, "tls_fallback_scsv"), "supports_fallback_scsv")
    return {"yes": "told", "no": "served"}.get(said, "unseen")


def _weak(name: str, kind: str) -> bool:
    return any(mark in name for mark in WEAK[kind])


def _is_forward_secret(name: str) -> bool:
    return name.startswith(("TLS_ECDHE", "TLS_DHE", "TLS_AES", "TLS_CHACHA"))


def _is_static(name: str) -> bool:
    return name.startswith(("TLS_RSA_", "TLS_ECDH_RSA", "TLS_ECDH_ECDSA"))


def _smallest_dh(suites: Sequence[Any]) -> int:
    keys = [one.ephemeral_key for one in suites if one.ephemeral_key]
    return min((key.size for key in keys if key.type_name == "DH"), default=0)


def _certificates(found: Any) -> dict[str, str]:
    if found is None:
        return {"keys": "", "no_name": "unseen"}
    named = [_ders(deployment) for deployment in found.certificate_deployments]
    bare = found.certificate_deployment_with_sni_disabled
    same = bare and any(_ders(bare)[:1] == chain[:1] for chain in named)
    return {
        "keys": " ".join(sorted({key_of(chain[0]) for chain in named})),
        "no_name": "refused" if bare is None else "same" if same else "other",
    }
