"""What DNS says, asked through one resolver: the computer's own, or one that is named.

``dnspython`` does the asking; every question has a time-out, answers are cut to what DNS itself
allows (64 KiB), and a name or record that does not exist is an answer, not a failure.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final, Protocol

from posture_scan.errors import UsageError
from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError, DnsAnswer

if TYPE_CHECKING:
    from dns.rdata import Rdata

TIMEOUT: Final = 5.0
"""Seconds one question may take in all, over every server and the way back by TCP."""
GIVEN_UP: Final = 2
"""Questions in a row that a resolver may leave unanswered before it is asked no more."""
MOST_RECORDS: Final = 100
LONGEST_RECORD: Final = 8_192
"""Characters of one record that are kept; a TXT record of SPF or DKIM has a few hundred."""
_PORT: Final = 53


class LooksUp(Protocol):
    """Whoever answers questions about names; tests have one of their own."""

    server: tuple[str, int]
    """Address and port that is asked first, for the record of what was touched."""

    def ask(self, name: str, kind: str, timeout: float = TIMEOUT) -> DnsAnswer:
        """Return the records; AttemptError as in ``sdk.Net.lookup``."""


class Resolver:
    """Asks recursive servers: those of the computer, or the ones given as (address, port)."""

    def __init__(self, nameservers: tuple[tuple[str, int], ...] = ()) -> None:
        """Take the servers to ask; none means the computer's own."""
        import dns.flags
        import dns.nameserver
        import dns.resolver

        try:
            self._resolver = dns.resolver.Resolver(configure=not nameservers)
        except dns.resolver.NoResolverConfiguration:
            self._resolver = dns.resolver.Resolver(configure=False)
        if nameservers:
            self._resolver.nameservers = [
                dns.nameserver.Do53Nameserver(address, port) for address, port in nameservers
            ]
        self._resolver.cache = dns.resolver.LRUCache(1000)
        # DO and AD ask the resolver to say whether it validated what it answers (RFC 6840 5.7)
        self._resolver.use_edns(0, dns.flags.DO, 1232)
        self._resolver.flags = dns.flags.RD | dns.flags.AD
        first = next(iter(self._resolver.nameservers), "")
        self.server = str(getattr(first, "address", first)), int(getattr(first, "port", _PORT))
        self._unanswered = 0

    def ask(self, name: str, kind: str, timeout: float = TIMEOUT) -> DnsAnswer:
        """Ask for one name's records of one kind.

        Raises:
            AttemptError: timeout; protocol_mismatch with ``servfail`` or ``refused`` (the answer
                was no answer), ``bad_name``, ``no_resolver``.
        """
        import dns.exception
        import dns.resolver

        wanted = _absolute(name)
        if self._unanswered >= GIVEN_UP:
            raise AttemptError(Attempt.TIMEOUT, "resolver_silent")
        try:
            answer = self._resolver.resolve(
                wanted, kind, raise_on_no_answer=False, search=False, lifetime=timeout
            )
        except dns.resolver.NXDOMAIN as error:
            self._unanswered = 0
            return DnsAnswer(name, kind, no_name=True, authenticated=_denied_safely(error))
        except dns.resolver.YXDOMAIN:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, "name_too_long") from None
        except dns.resolver.NoNameservers as error:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, _refusal(error)) from None
        except dns.exception.Timeout:
            self._unanswered += 1
            raise AttemptError(Attempt.TIMEOUT, "dns") from None
        except (dns.exception.DNSException, OSError) as error:
            raise AttemptError(Attempt.PROTOCOL_MISMATCH, type(error).__name__) from None
        self._unanswered = 0
        return _answer(name, kind, answer)


def addresses(resolver: LooksUp, name: str) -> tuple[str, ...]:
    """Return a name's IPv4 and IPv6 addresses.

    Raises:
        AttemptError: unresolved when it has none, and as ``LooksUp.ask``.
    """
    found = [record for kind in ("A", "AAAA") for record in resolver.ask(name, kind).records]
    if not found:
        raise AttemptError(Attempt.UNRESOLVED, "no_address")
    return tuple(dict.fromkeys(found))


def nameserver(text: str) -> tuple[str, int]:
    """Read ``ADDRESS`` or ``ADDRESS:PORT``; an IPv6 address with a port stands in brackets.

    Raises:
        UsageError: ``cli.bad_resolver``.
    """
    bare, _, port = text, "", ""
    if text.endswith(":"):
        raise UsageError("cli.bad_resolver", resolver=text)
    if text.startswith("["):
        bare, _, port = text[1:].partition("]:") if "]:" in text else (text.strip("[]"), "", "")
    elif text.count(":") == 1:
        bare, _, port = text.partition(":")
    try:
        number = int(port) if port else _PORT
        address = str(ipaddress.ip_address(bare))
    except ValueError:
        raise UsageError("cli.bad_resolver", resolver=text) from None
    if not 0 < number < 65_536:  # noqa: PLR2004 -- port numbers
        raise UsageError("cli.bad_resolver", resolver=text)
    return address, number


def _absolute(name: str) -> Any:
    import dns.exception
    import dns.name

    try:
        return dns.name.from_text(name.rstrip(".") + ".")
    except (dns.exception.DNSException, UnicodeError, ValueError):
        raise AttemptError(Attempt.PROTOCOL_MISMATCH, "bad_name") from None


def _denied_safely(error: Any) -> bool:
    import dns.flags

    responses = list(error.responses().values())
    return bool(responses) and all(one.flags & dns.flags.AD for one in responses)


def _refusal(error: Any) -> str:
    """Why no server gave an answer: the code of the last one that said anything."""
    import dns.rcode

    for _, _, _, problem, response in reversed(error.kwargs.get("errors", [])):
        if response is not None:
            return str(dns.rcode.to_text(response.rcode())).lower()
        if problem is not None:
            return type(problem).__name__ if isinstance(problem, Exception) else "no_answer"
    return "no_resolver"


def _answer(name: str, kind: str, answer: Any) -> DnsAnswer:
    import dns.flags

    records = list(answer.rrset or ())[:MOST_RECORDS]
    alias = answer.canonical_name.to_text(omit_final_dot=True)
    return DnsAnswer(
        name,
        kind,
        tuple(_text(record)[:LONGEST_RECORD] for record in records),
        authenticated=bool(answer.response.flags & dns.flags.AD),
        alias="" if alias.lower() == name.rstrip(".").lower() else alias,
    )


def _text(record: Rdata) -> str:
    strings = getattr(record, "strings", None)
    if strings is None:
        return record.to_text()
    return "".join(chr(c) if 32 <= c < 127 else f"\\x{c:02x}" for c in b"".join(strings))  # noqa: PLR2004 -- printable ASCII
