"""Whether a certificate chain leads to a trust anchor of this machine, dates left aside.

Names, dates, key sizes and signature algorithms are judged by checks of their own; this says
one thing only, whether the chain a server sent leads to somebody this machine trusts.
"""

from __future__ import annotations

import functools
import ssl
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posture_scan.collect.local_file import open_file
from posture_scan.errors import UsageError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_ANCHORS_LIMIT: Final = 16_777_216
"""Bytes of a file of trust anchors that are read; a whole system's are a quarter of a MB."""
LONGEST: Final = 16
"""Certificates of a sent chain that are looked at, and the longest path that is built."""


def verify(chain: tuple[bytes, ...], _name: str, ca_file: str = "") -> str:
    """Return ``""`` when the chain is trusted, else why not.

    ``self_signed``: the server's certificate is its own issuer; ``unknown_ca``: the chain ends
    at an issuer this machine does not know; ``incomplete``: the issuer's certificate was not
    sent although it says where to get it; ``unusable``: no certificate that could be read.

    Raises:
        UsageError: ``ca.unreadable`` when ``ca_file`` holds no certificate.
    """
    sent = [one for one in (_parse(der) for der in chain[:LONGEST]) if one is not None]
    if not chain or _parse(chain[0]) is None:
        return "unusable"
    anchors = [*_system_anchors(), *(read_anchors(ca_file) if ca_file else ())]
    by_subject: dict[bytes, list[Certificate]] = {}
    for anchor in anchors:
        by_subject.setdefault(anchor.subject.public_bytes(), []).append(anchor)
    leaf = sent[0]
    if leaf in by_subject.get(leaf.subject.public_bytes(), []):
        return ""
    if _leads_up(leaf, sent[1:], by_subject):
        return ""
    return _why_not(leaf, sent[1:])


def _leads_up(
    leaf: Certificate, sent: list[Certificate], anchors: dict[bytes, list[Certificate]]
) -> bool:
    """Walk from the leaf to an anchor, looking at each sent certificate once.

    Once and no more, or a server could send certificates that lead round in circles: the walk
    would take every way through them.
    """
    level, left = [leaf], list(sent)
    for below in range(LONGEST):
        above: list[Certificate] = []
        for child in level:
            issuer = child.issuer.public_bytes()
            if any(_issued(child, anchor) for anchor in anchors.get(issuer, [])):
                return True
            above += [
                one
                for one in left
                if one.subject.public_bytes() == issuer
                and _may_issue(one, below)
                and _issued(child, one)
            ]
            left = [one for one in left if one not in above]
        level = above
    return False


def _why_not(leaf: Certificate, sent: list[Certificate]) -> str:
    if leaf.issuer == leaf.subject:
        return "self_signed" if _issued(leaf, leaf) else "unknown_ca"
    top, others = leaf, list(sent)
    while top.issuer != top.subject:
        above = next((one for one in others if _issued(top, one)), None)
        if above is None:
            return "incomplete" if _tells_issuer(top) else "unknown_ca"
        others.remove(above)
        top = above
    return "unknown_ca"


def _issued(child: Certificate, issuer: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        child.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_issue(certificate: Certificate, below: int) -> bool:
    """RFC 5280 section 4.2.1.9: a CA, allowed to sign certificates, with room for the path."""
    from cryptography import x509

    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        may_sign = usage.key_cert_sign
    except x509.ExtensionNotFound:
        may_sign = True
    room = basic.path_length is None or basic.path_length >= below
    return basic.ca and may_sign and room


def _tells_issuer(certificate: Certificate) -> bool:
    """Whether it says where its issuer's certificate can be had (RFC 5280 section 4.2.2.1)."""
    from cryptography import x509
    from cryptography.x509 import oid

    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        return False
    method = oid.AuthorityInformationAccessOID.CA_ISSUERS
    return any(entry.access_method == method for entry in access.value)


def _parse(der: bytes) -> Certificate | None:
    from cryptography import x509
    from cryptography.utils import CryptographyDeprecationWarning

    with warnings.catch_warnings():
        # Odd serial numbers and the like in other people's certificates are not ours to mend.
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            certificate = x509.load_der_x509_certificate(der)
            _ = certificate.issuer, certificate.subject, certificate.signature_algorithm_oid
        except ValueError:
            return None
    return certificate


@functools.cache
def _system_anchors() -> tuple[Certificate, ...]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    found = context.get_ca_certs(binary_form=True) or _certifi()
    return tuple(one for one in map(_parse, found) if one is not None)


def _certifi() -> list[bytes]:
    """The list that comes with requests, where the system keeps none that can be read whole."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=DEFAULT_CA_BUNDLE_PATH)
    return context.get_ca_certs(binary_form=True)


@functools.cache
def read_anchors(ca_file: str) -> tuple[Certificate, ...]:
    """Return the certificates of a PEM file that are to be trusted beside the system's.

    Raises:
        UsageError: ``ca.unreadable`` when it holds no certificate.
    """
    from cryptography import x509

    try:
        with open_file(Path(ca_file)) as file:
            return tuple(x509.load_pem_x509_certificates(file.read(_ANCHORS_LIMIT)))
    except (OSError, ValueError) as error:
        raise UsageError("ca.unreadable", file=ca_file) from error
