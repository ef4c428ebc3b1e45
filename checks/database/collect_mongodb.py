"""MongoDB: hello is answered to anyone, so it says nothing about passwords.

Only ``listDatabases`` would tell, and that asks for what is in there: it is never sent.
"""

from __future__ import annotations

import struct
from typing import Final

from posture_scan.checks.database.answer import (
    NONE,
    OFFERED,
    REQUIRED,
    UNSEEN,
    DatabaseAnswer,
    heard,
)

from posture_scan.sdk import HANDSHAKE, Attempt, AttemptError, Net, Service, collector, protocol

_OP_MSG: Final = 2013
_HEADER: Final = 16
_WIRE: Final = b"\x10maxWireVersion\x00"
_BRANCHES: Final = {
    6: "3.6", 7: "4.0", 8: "4.2", 9: "4.4", 13: "5.0", 17: "6.0", 21: "7.0", 25: "8.0",
}  # fmt: skip
"""Level of the wire protocol to branch: a hint, since the level does not tell the patch."""
_NO_TLS: Final = (Attempt.PROTOCOL_MISMATCH, Attempt.CLOSED_EARLY)


def mongo_hello() -> bytes:
    """Return the OP_MSG ``hello`` that every MongoDB driver opens with."""
    document = b"\x10hello\x00" + struct.pack("<i", 1) + b"\x02$db\x00" + struct.pack("<i", 6)
    document += b"admin\x00\x00"
    body = struct.pack("<i", 0) + b"\x00" + struct.pack("<i", len(document) + 4) + document
    return struct.pack("<iiii", _HEADER + len(body), 1, 0, _OP_MSG) + body


@protocol("mongodb", sends=mongo_hello(), ports=(27017, 27018), nmap=("mongodb", "mongod"))
def mongodb(answer: bytes) -> bool:
    """An OP_MSG answer that names the wire version."""
    if len(answer) < _HEADER:
        return False
    length, _, responds_to, code = struct.unpack("<iiii", answer[:_HEADER])
    return code == _OP_MSG and responds_to == 1 and length > 0 and b"maxWireVersion" in answer


@collector(on=Service("mongodb"), intrusiveness=HANDSHAKE, max_connections=2)
def mongodb_hello(service: Service, net: Net) -> DatabaseAnswer:
    """Say hello, and see whether the port speaks TLS as well."""
    branch = _BRANCHES.get(_wire_version(heard(mongodb, service, net)), "")
    tls = _encryption(service, net)
    return DatabaseAnswer("mongodb", version=branch, tls=tls, branch_only=bool(branch))


def _wire_version(answer: bytes) -> int:
    at = answer.find(_WIRE)
    raw = answer[at + len(_WIRE) : at + len(_WIRE) + 4] if at >= 0 else b""
    return int(struct.unpack("<i", raw)[0]) if len(raw) == 4 else -1  # noqa: PLR2004


def _encryption(service: Service, net: Net) -> str:
    """Shake hands on the same port: a server may take both (net.tls.mode allowTLS)."""
    state: str = REQUIRED if service.tls else OFFERED
    if not service.tls:
        try:
            with net.connect(service) as channel:
                channel.start_tls(service.names[0] if service.names else "")
        except AttemptError as error:
            state = NONE if error.attempt in _NO_TLS else UNSEEN
    return state
