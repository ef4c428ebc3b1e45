"""Whether a client may have the keys of a running connection agreed anew, once and again.

Each time costs the server far more than the client. One handshake is finished and one renewal is
asked for, no more; no application data is sent. The one question for which a whole client is
needed: OpenSSL's, fed with bytes through the bounded channel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from posture_scan.checks.encryption.facts import Trial
from posture_scan.checks.encryption.probe import Outcome, Talk, reach
from posture_scan.checks.encryption.protocol.hello import VERSIONS, sni_name

from posture_scan.sdk import Attempt, AttemptError, Channel

if TYPE_CHECKING:
    from OpenSSL.SSL import Connection

_LABEL: Final = "client_renegotiation"
_MOST_STEPS: Final = 512
"""Times that bytes go back and forth before a server is given up."""
_OLD_SERVERS: Final = 0x4 | 0x40000
"""SSL_OP_LEGACY_SERVER_CONNECT and SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION: a server without
RFC 5746 is asked as well."""


class _OverError(Exception):
    """The server hung up, or said an alert."""


def ask_to_renegotiate(talk: Talk, version: str, name: str) -> Trial:
    """Shake hands at this version, then ask to do so again on the same connection.

    Raises:
        AttemptError: only what ends the whole assessment.
    """
    if talk.left() <= 1:
        return Trial(_LABEL, Outcome.UNSEEN, "stopped")
    talk.count()
    try:
        with reach(talk.service, talk.net) as channel:
            return _ask(channel, version, name)
    except AttemptError as error:
        if error.attempt in {Attempt.OUT_OF_SCOPE, Attempt.INTERRUPTED}:
            raise
        return Trial(_LABEL, Outcome.UNSEEN, f"{error.attempt.value} {error.detail}".strip())


def _ask(channel: Channel, version: str, name: str) -> Trial:
    client = _client(VERSIONS[version], sni_name(name))
    if client is None:
        return Trial(_LABEL, Outcome.UNSEEN, "not_tried")
    try:
        _drive(client, channel, client.do_handshake)
    except _OverError as error:
        return Trial(_LABEL, Outcome.UNSEEN, f"handshake {error}".strip())
    if not client.renegotiate():
        return Trial(_LABEL, Outcome.UNSEEN, "not_tried")
    try:
        _drive(client, channel, client.do_handshake)
    except _OverError as error:
        return Trial(_LABEL, Outcome.REFUSED, str(error))
    done = client.total_renegotiations() > 0 and not client.renegotiate_pending()
    return Trial(_LABEL, Outcome.ACCEPTED if done else Outcome.UNSEEN, "" if done else "unfinished")


def _client(version: int, name: str) -> Connection | None:
    """Return a client for this version alone; None where OpenSSL does not know it any more."""
    from OpenSSL import SSL

    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    try:
        context.set_min_proto_version(version)
        context.set_max_proto_version(version)
        context.set_cipher_list(b"ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    except SSL.Error:
        return None
    context.set_options(_OLD_SERVERS)
    context.set_verify(SSL.VERIFY_NONE, lambda *_: True)
    client = SSL.Connection(context, None)
    if name:
        client.set_tlsext_host_name(name.encode("ascii"))
    client.set_connect_state()
    return client


def _drive(client: Connection, channel: Channel, step: Callable[[], Any]) -> None:
    """Carry bytes between the client and the channel until the step is done.

    Raises:
        _OverError: the server ended it.
        AttemptError: timeout, limit_reached, and whatever the channel raises.
    """
    from OpenSSL import SSL

    for _ in range(_MOST_STEPS):
        try:
            step()
        except SSL.WantReadError:
            _flush(client, channel)
        except SSL.ZeroReturnError:
            raise _OverError("closed") from None
        except SSL.Error as error:
            raise _OverError(_reason(error)) from None
        else:
            _flush(client, channel)
            return
        try:
            data = channel.receive()
        except AttemptError as error:
            if error.attempt is Attempt.CLOSED_EARLY:
                raise _OverError("closed") from None
            raise
        if not data:
            raise _OverError("closed")
        client.bio_write(data)
    raise AttemptError(Attempt.LIMIT_REACHED, "handshake")


def _flush(client: Connection, channel: Channel) -> None:
    from OpenSSL import SSL

    while True:
        try:
            data = client.bio_read(65_536)
        except SSL.WantReadError:
            return
        channel.send(data)


def _reason(error: Exception) -> str:
    """OpenSSL's own short words for what went wrong, such as ``no renegotiation``."""
    listed = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return str(listed[-1][2])[:80] if listed and len(listed[-1]) > 2 else "ssl"  # noqa: PLR2004 -- (library, function, reason)
