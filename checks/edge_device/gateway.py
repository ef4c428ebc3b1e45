"""VPN gateways that answer by their protocol only: which device, and which version, it never says.

What settles it is the device's own export. One of several devices behind an address may answer,
so an export counts only where it can be this gateway's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from posture_scan.checks.edge_device import by_version
from posture_scan.checks.edge_device.device_facts import DeviceExport, agree, fullest

from posture_scan.sdk import (
    Context,
    Method,
    Product,
    Service,
    ServiceSeen,
    Status,
    Verdict,
    check,
    unknown,
)

_NAMES: Final = {
    "ike": "IPsec (IKE)", "ike_natt": "IPsec (IKE)", "ikev1": "IPsec (IKEv1)",
    "l2tp": "L2TP", "pptp": "PPTP", "openvpn": "OpenVPN", "openvpn_tcp": "OpenVPN",
}  # fmt: skip
"""What people call the protocol."""
_SETTINGS: Final = {
    "ike": "ipsec", "ike_natt": "ipsec", "ikev1": "ipsec", "l2tp": "l2tp", "pptp": "pptp",
}  # fmt: skip
"""An export's setting that switches the protocol on.

OpenVPN has none: no reader of exports knows a setting of it, so no export shows that its device
is the one that answers.
"""
_GATEWAYS: Final = tuple(Service(protocol) for protocol in _NAMES)

_Decide = Callable[[Product | None, str, Method, Mapping[str, str], Context], Verdict]


@check(needs=ServiceSeen, on=_GATEWAYS, absent=Status.PASS, beside=DeviceExport)
def end_of_life(seen: ServiceSeen, context: Context) -> Verdict:
    """The software of a gateway that shows nothing of itself gets no more fixes."""
    return _judged(seen, context, by_version.support)


@check(needs=ServiceSeen, on=_GATEWAYS, absent=Status.PASS, beside=DeviceExport)
def known_exploited(seen: ServiceSeen, context: Context) -> Verdict:
    """A gateway that shows nothing of itself has a flaw that is known to be exploited."""
    return _judged(seen, context, by_version.exploited)


def _judged(seen: ServiceSeen, context: Context, decide: _Decide) -> Verdict:
    """Judge the version of the one device that the exports beside speak of."""
    service = _NAMES.get(seen.protocol, seen.protocol)
    exports = [item for item in context.beside if isinstance(item, DeviceExport)]
    if seen.protocol not in _SETTINGS:
        return unknown("no_export_to_read", actual=service, service=service)
    if not exports:
        return unknown("version_not_readable", actual=service, service=service)
    device = exports[0]
    values = {"product": device.title, "service": service}
    if not _of_one_device(exports) or not _serves(seen.protocol, exports):
        return unknown("export_contradicts", actual=service, **values)
    version = fullest(exports)
    if not version:
        return unknown("version_not_in_file", actual=service, **values)
    product = context.products.product(device.product)
    return decide(product, version, Method.DEVICE_EXPORT, values, context)


def _of_one_device(exports: Sequence[DeviceExport]) -> bool:
    fits: bool = agree(exports)
    return fits and len({item.product for item in exports}) == 1


def _serves(protocol: str, exports: Sequence[DeviceExport]) -> bool:
    """Tell whether the device may be what answers; a file that does not say leaves it possible."""
    wanted = _SETTINGS[protocol]
    settings = [setting for item in exports for setting in item.settings]
    return not any(setting.id == wanted and setting.state == "off" for setting in settings)
