"""RD Gateway: the Windows role that carries Remote Desktop inside HTTPS.

The first message of every client is asked (MS-TSGU 3.3.5.1: the method ``RDG_OUT_DATA``, with
an upgrade to WebSocket); a gateway answers by asking for a Windows logon. That is where we stop:
no part of a logon is ever sent. Gateways before Windows Server 2012 speak RPC over HTTP, which
Exchange's Outlook Anywhere does too: there the two cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posture_scan.checks.remote_access.web_front import (
    asks_windows_logon,
    front_of,
    heard,
    server_of,
)

from posture_scan.sdk import (
    HANDSHAKE,
    Attempt,
    AttemptError,
    Facts,
    HttpResponse,
    Net,
    Service,
    collector,
)

GATEWAY, RPC_PROXY, LOGON_EVERYWHERE = "gateway", "rpc_proxy", "logon_everywhere"

_PATH: Final = "/remoteDesktopGateway/"
_RPC_PATH: Final = "/rpc/rpcproxy.dll"
_LIMIT: Final = 4096
_UPGRADED: Final = 101
_NOT_SEEN: Final = frozenset({429, 502, 503, 504})
"""Too busy, or whoever would answer is not there just now (RFC 9110 section 15.6)."""
_HEADERS: Final = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "cG9zdHVyZS1zY2FuLi4uLg==",
    "Accept": "*/*",
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
}


@dataclass(frozen=True)
class RdGatewayFront(Facts):
    """Whether a web service carries Remote Desktop for those who log on to it."""

    how: str = ""
    """``gateway``, ``rpc_proxy`` (RPC over HTTP: an old gateway or Outlook Anywhere),
    ``logon_everywhere`` (every path asks for a Windows logon); empty where it is none."""
    asked: bool = True
    """Not where the service is not inside TLS: a gateway never is."""


@collector(on=Service("http"), intrusiveness=HANDSHAKE, max_connections=3)
def rd_gateway_front(service: Service, net: Net) -> RdGatewayFront:
    """Send a client's first message; where IIS answers otherwise, that of older clients too."""
    if not service.tls:
        return RdGatewayFront(asked=False)
    if _is_gateway(_ask(service, net, "RDG_OUT_DATA", _PATH, _HEADERS)):
        return RdGatewayFront(_unless_everywhere(service, net, GATEWAY))
    front = heard(service)
    if front is not None and server_of(front).startswith("microsoft-iis"):
        answer = _ask(service, net, "RPC_IN_DATA", _RPC_PATH, {})
        if answer is not None and asks_windows_logon(answer, "basic"):
            return RdGatewayFront(_unless_everywhere(service, net, RPC_PROXY))
    return RdGatewayFront()


def _ask(
    service: Service, net: Net, method: str, path: str, headers: dict[str, str]
) -> HttpResponse | None:
    """Return the answer; None where it hangs up, as it then would on every client."""
    try:
        answer = net.http(service, path, method=method, headers=headers, follow=0, limit=_LIMIT)
    except AttemptError as error:
        if error.attempt is Attempt.CLOSED_EARLY:
            return None
        raise
    if answer.status in _NOT_SEEN:
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, f"HTTP {answer.status}")
    return answer


def _is_gateway(answer: HttpResponse | None) -> bool:
    if answer is None:
        return False
    upgraded = answer.status == _UPGRADED and answer.header("upgrade").lower() == "websocket"
    return upgraded or asks_windows_logon(answer)


def _unless_everywhere(service: Service, net: Net, how: str) -> str:
    """A site that asks for a logon on its front page too says nothing about this one path."""
    return LOGON_EVERYWHERE if asks_windows_logon(front_of(service, net), "basic") else how
