"""Requests that are never made, whoever asks for them: first steps of known attacks.

A scan asks what any visitor's browser asks. What stands here is an attack's precondition, changes
something, reads what is not public, or looks so much like an attack that a watchman must raise
the alarm. The table holds for packs of others as well as for our own, and for redirects.

Judged is the path as the most lenient server would understand it: percent-encoding undone as
often as it was done, in lower case, backslashes as slashes, slashes doubled or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError

_DECODINGS: Final = 5
"""Layers of percent-encoding that are undone; more of them are an attack by themselves."""
_LONGEST_HOST: Final = 255
"""Bytes of a name (RFC 1035 section 2.3.4); longer ones are CVE-2023-4966's first step."""
_DISGUISE: Final = re.compile(rb"[\x00-\x1f\x7f\xc0\xc1]")
"""Control characters, and bytes that no UTF-8 holds (RFC 3629): a slash or dot in disguise."""
_REQUEST: Final = re.compile(
    rb"(?P<method>[A-Z][A-Z_]{2,19}) (?P<target>\S+)(?: HTTP/\d|\r?\n)", re.DOTALL
)
_HOST: Final = re.compile(rb"^host:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_PATHS: Final = (b"/", b"http://", b"https://")
_ABSOLUTE: Final = re.compile(r"https?://[^/]*", re.IGNORECASE)


@dataclass(frozen=True)
class Never:
    """One kind of path that is not asked for."""

    id: str
    path: re.Pattern[str]
    why: str


def _never(id_: str, path: str, why: str) -> Never:
    return Never(id_, re.compile(path), why)


TABLE: Final = (
    _never("fortios_api", r"^/api/v2/cmdb(?:/|$)", "CVE-2022-40684: way around the login"),
    _never("fortios_language", r"^/remote/fgt_lang", "CVE-2018-13379: reads any file"),
    _never("ivanti_totp", r"^/api/v1/totp(?:/|$)", "CVE-2023-46805: way around the login"),
    _never("ivanti_license", r"^/api/v1/license(?:/|$)", "CVE-2024-21887: runs commands"),
    _never("citrix_openid", r"^/oauth/idp(?:/|$)", "CVE-2023-4966: reads sessions"),
    _never("citrix_vpns", r"^/vpns(?:/|$)", "CVE-2019-19781, reached through /vpn/../"),
    _never("checkpoint_crl", r"^/clients/mycrl", "CVE-2024-24919: reads any file"),
    _never("panos_hipreport", r"^/ssl-vpn/hipreport", "CVE-2024-3400: runs commands"),
    _never("panos_ztp", r"^/php/ztp_gate", "CVE-2024-0012, CVE-2025-0108: way around the login"),
    _never("cisco_translation", r"^/\+cscot\+(?:/|$)", "CVE-2020-3452: reads files"),
    _never("cisco_implant", r"^/webui/logoutconfirm", "CVE-2023-20198: asks an intruder's implant"),
    _never("f5_api", r"^/mgmt/tm(?:/|$)", "CVE-2022-1388: runs commands"),
    _never("sonicos_api", r"^/api/sonicos(?:/|$)", "CVE-2024-53704: takes over sessions"),
    _never("horizon_info", r"^/portal/info\.jsp", "CVE-2019-5513: discloses inner addresses"),
    _never("elastic_data", r"/_(?:cat|search|msearch)(?:/|$)", "reads stored data"),
)
"""Paths by how they begin. Facts of public advisories: NVD, CISA KEV, the makers' bulletins."""

_CGI: Final = re.compile(r"/cgi-bin/")
_HARD: Final = {
    "not_a_path": "a request's path begins with a slash",
    "disguised": "bytes or layers of encoding that only serve to get past a filter",
    "traversal": "leaves the folder it names",
    "cgi_parameters": "hands a program parameters",
    "long_host": "a name longer than any name",
}
REASONS: Final = {**_HARD, **{item.id: item.why for item in TABLE}}
"""Every id that a refusal may carry, with the reason."""


def refused(path: str, *, body: bool = False) -> str:
    """Return why this path with its query is never requested, as an id; empty when it may be.

    ``body`` says whether the request carries one.
    """
    if not path.startswith("/"):
        return "not_a_path"
    raw, _, query = path.partition("#")[0].partition("?")
    plain = _understood(raw)
    if plain is None:
        return "disguised"
    if any(part.split(";")[0] in {"..", "."} for part in plain.split("/")):
        return "traversal"
    if _CGI.search(plain) and (query or body or ";" in plain):
        return "cgi_parameters"
    return next((item.id for item in TABLE if item.path.search(plain)), "")


def refuse(path: str, *, host: str = "", body: bool = False) -> None:
    """Stop a request that must not be made.

    Raises:
        AttemptError: out_of_scope, its detail ``never_request:<id>``.
    """
    reason = "long_host" if len(host) > _LONGEST_HOST else refused(path, body=body)
    if reason:
        raise AttemptError(Attempt.OUT_OF_SCOPE, f"never_request:{reason}")


def refuse_message(data: bytes) -> None:
    """Stop bytes that are such a request, written by hand; whatever is no HTTP may pass.

    Raises:
        AttemptError: as ``refuse`` does.
    """
    found = _REQUEST.match(data)
    if found is None or not found["target"].lower().startswith(_PATHS):
        return
    head, _, body = data.partition(b"\r\n\r\n")
    host = _HOST.search(head)
    target = _ABSOLUTE.sub("", found["target"].decode("latin-1"), count=1) or "/"
    refuse(target, host=host[1].decode("latin-1") if host else "", body=bool(body))


def _understood(raw: str) -> str | None:
    """The path as a lenient server reads it; None where it is disguised beyond that."""
    data = raw.encode("utf-8", "replace")
    for _ in range(_DECODINGS):
        again = unquote_to_bytes(data)
        if again == data:
            break
        data = again
    else:
        return None
    if _DISGUISE.search(data):
        return None
    return re.sub(r"/{2,}", "/", data.decode("latin-1").replace("\\", "/").lower())
