"""Protocols for tests, in the same form as those of the packs."""

from __future__ import annotations

from posture_scan.sdk import ProtocolSpec

SSH = ProtocolSpec("ssh", lambda said: said.startswith(b"SSH-"), ports=(22,), nmap=("ssh",))
SMTP = ProtocolSpec(
    "smtp", lambda said: said.startswith(b"220 ") and b"SMTP" in said, ports=(25,), nmap=("smtp",)
)
REDIS = ProtocolSpec(
    "redis",
    lambda said: said == b"+PONG\r\n" or said.startswith(b"-NOAUTH"),
    sends=b"PING\r\n",
    ports=(6379,),
    nmap=("redis",),
)
ENGINE_API = ProtocolSpec(
    "engine_api",
    lambda said: said.startswith(b"HTTP/1.1 200") and b"ApiVersion" in said,
    sends=b"GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ports=(2375,),
)
PRINTED = ProtocolSpec("printed", bool, sends=b"!", ports=(9100,))
ALL = (SSH, SMTP, REDIS, ENGINE_API)
