"""The certificate behind an MTA-STS policy: trusted, for this name, and until when."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography import x509

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class StsCertificate:
    """What counts of a web server's certificate (RFC 8461 section 3.3)."""

    seen: bool = False
    fault: str = ""
    """As ``verify_chain`` says: ``self_signed``, ``unknown_ca``, ``incomplete``, ``unusable``."""
    named: bool = False
    """It was issued for the name asked for."""
    begins: datetime = NEVER
    ends: datetime = NEVER


def read_leaf(chain: tuple[bytes, ...], name: str, fault: str) -> StsCertificate:
    """Read the server's own certificate; one that cannot be read is ``unusable``."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd serial numbers and the like are warned of
        try:
            leaf = x509.load_der_x509_certificate(chain[0])
            names = _names(leaf)
        except (IndexError, ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension):
            return StsCertificate(seen=bool(chain), fault="unusable")
    wild = f"*.{name.partition('.')[2]}"  # RFC 9525 section 6.3: for one whole label
    named = bool({name, wild} & {one.lower().rstrip(".") for one in names})
    return StsCertificate(
        seen=True, fault=fault, named=named, begins=leaf.not_valid_before_utc,
        ends=leaf.not_valid_after_utc,
    )  # fmt: skip


def _names(leaf: x509.Certificate) -> list[str]:
    from cryptography import x509

    try:
        listed = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return listed.get_values_for_type(x509.DNSName)
