"""What is known about one TLS service: the evidence that every check and yardstick judges."""

from __future__ import annotations

from dataclasses import dataclass

from posture_scan.checks.encryption.probe import Outcome

from posture_scan.sdk import Facts


@dataclass(frozen=True)
class Trial:
    """One thing offered to the server, and whether it took it."""

    id: str
    outcome: Outcome
    detail: str = ""
    """Why, as a short technical id: ``alert 70``, ``closed``, ``timeout`` …"""
    suite: str = ""
    """The suite agreed on, where one was."""


NOT_ASKED = Trial("", Outcome.UNSEEN, "not_asked")
"""What records say that were made before a question existed."""


@dataclass(frozen=True)
class Agreed:
    """One version and suite that an answer agreed on, with its key exchange."""

    version: str
    """``ssl3`` ``tls10`` ``tls11`` ``tls12`` ``tls13``."""
    suite: str
    """The registered name, such as ``TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256``."""
    exchange: str = ""
    """``dh``, ``ecdh``, ``kem`` (post-quantum hybrid), ``rsa`` (the session key is sent under the
    certificate's own key) or empty where it was not seen."""
    group: str = ""
    """Name of the group: ``x25519``, ``secp256r1``, ``ffdhe2048``, ``modp2048`` …; for a
    Diffie-Hellman prime that no standard lists, ``custom``."""
    bits: int = 0
    """Size of the group: bits of the prime or of the curve's field."""


@dataclass(frozen=True)
class ShownChain:
    """Certificates that the service showed to one question."""

    key: str
    """Kind of the leaf's key that was asked for: ``rsa`` or ``ecdsa``; empty: any."""
    named: bool
    """Whether the scoped name was sent (SNI)."""
    certificates: tuple[bytes, ...]
    """As sent, DER, the server's own first; none where they are those of ``TlsFacts.chain``."""
    trust: str
    """As ``TlsFacts.trust``."""
    name: str = ""
    """The further name of the scope that it was shown under; empty for the first."""


@dataclass(frozen=True)
class TlsFacts(Facts):
    """What one TLS service accepts, and the certificates it shows."""

    name: str
    """The scoped name it was asked for; empty where the service has an address only."""
    versions: tuple[Trial, ...]
    """``ssl2`` ``ssl3`` ``tls10`` ``tls11`` ``tls12`` ``tls13``."""
    weak: tuple[Trial, ...]
    """``null`` ``anon`` ``export`` ``des`` ``rc4`` ``3des``."""
    forward_secrecy: Trial
    """Accepted: who prefers forward secrecy gets it; refused: ``not_preferred``, ``never``."""
    static_rsa: Trial
    """Whether key exchange without forward secrecy is possible as well."""
    dhe: Trial
    dh_bits: int
    """Smallest Diffie-Hellman prime seen, in bits; 0 where none was."""
    compression: Trial
    secure_renegotiation: Trial
    chain: tuple[bytes, ...]
    """Certificates as sent to the question that offers everything, DER, the server's own first;
    at most sixteen."""
    trust: str
    """``trusted``, ``self_signed``, ``unknown_ca``, ``incomplete``, ``unusable`` or, without
    a name or a certificate, ``not_judged``."""
    connections: int
    starttls: str = ""
    """The protocol inside which TLS begins (``smtp`` …); empty where it begins by itself."""
    offered: Trial = NOT_ASKED
    """Whether a service that begins in clear offers TLS at all (STARTTLS)."""
    client_renegotiation: Trial = NOT_ASKED
    """Whether a client can have the keys of a connection agreed anew, as often as it likes."""
    fallback_scsv: Trial = NOT_ASKED
    """Accepted: a client that falls back to an older version is told to stop (RFC 7507).
    Refused: it is served. ``no_older_version``: there is nothing to fall back to."""
    server_preference: Trial = NOT_ASKED
    """Accepted: of what is offered, the server takes what it likes best, not the client."""
    post_quantum: Trial = NOT_ASKED
    """Accepted: a client that offers X25519MLKEM768 gets it."""
    aead: Trial = NOT_ASKED
    """Whether authenticated encryption (GCM, ChaCha20, CCM) is to be had."""
    cbc: Trial = NOT_ASKED
    """Whether, of the suites with ECDHE, one beyond AES-GCM and ChaCha20 is accepted: CBC, CCM …"""
    agreed: tuple[Agreed, ...] = ()
    """Every version and suite that some answer agreed on, each once."""
    more_chains: tuple[ShownChain, ...] = ()
    """What else was shown: for the other kind of key, under further names, or without any."""
    names_unseen: tuple[str, ...] = ()
    """Further names of the scope under which a web server showed no certificate to us."""
    no_name: Trial = NOT_ASKED
    """What a client gets that sends no name: accepted ``same`` or ``other`` certificate."""

    def version(self, wanted: str) -> Trial:
        """Return what happened to one protocol version."""
        return _named(self.versions, wanted)

    def weakness(self, wanted: str) -> Trial:
        """Return what happened to one weak class of suites."""
        return _named(self.weak, wanted)


def _named(trials: tuple[Trial, ...], wanted: str) -> Trial:
    found = (trial for trial in trials if trial.id == wanted)
    return next(found, Trial(wanted, Outcome.UNSEEN, "not_asked"))
