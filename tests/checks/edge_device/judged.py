"""Facts that bring out every reason the checks of this pack can give, for their sentences."""

from __future__ import annotations

from typing import Any

from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront

from posture_scan.sdk import Facts, ServiceSeen
from tests.checks.edge_device.judged_devices import as_devices
from tests.checks.edge_device.judged_exports import EXPORTS, export


def edge(product: str, version: str, state: str = "read", **more: Any) -> EdgeFront:
    fields = {"strength": "strong", "vpn_page": True, "settle": "show version", **more}
    return EdgeFront(product, "Device", version=version, version_state=state, **fields)


FACTS: tuple[Facts, ...] = (
    EdgeFront(), EdgeFront(complete=False),
    edge("fortios", "7.6.6"), edge("fortios", "7.2.1"), edge("fortios", "99.1"),
    edge("fortios", "100.1"), edge("pan-os", "10.2.0"), edge("cisco-asa", "9.16(4)"),
    edge("netscaler-adc", "14.1-4.42"), edge("sonicwall-sma1000", "12.4.3-03500"),
    edge("sonicos", "7.0.1"), edge("fortios", "", "not_readable"),
    edge("fortios", "", "not_readable", vpn_page=False),
    edge("fortios", "", "date_hint", hint_date="2024-01-01"),
    edge("fortios", "7.6.6", strength="weak"),
    edge("fortios", "7.6.3"), edge("checkpoint-gaia", "R82.10 JHF30"), edge("openvpn", "2.6.14"),
    edge("msexchange", "15.1.2507.61"), edge("routeros", "6.42.1"), edge("no-such-device", "1.0"),
)  # fmt: skip
FACTS += as_devices(FACTS)
FACTS += EXPORTS
FACTS += tuple(
    ServiceSeen(protocol, tls=False, greeting=b"", recognised_by="answer")
    for protocol in ("ike", "openvpn")
)

BESIDE: tuple[tuple[Facts, ...], ...] = (
    (), (export("fortios", "7.4.11"), edge("fortios", "7.4.11")), (export("pan-os", "10.2.0"),),
    *((item,) for item in EXPORTS), (export("sonicwall-sma100", "10.2.1.15-81sv"),),
    (export("fortios", "1", ipsec="off"),),
)  # fmt: skip
"""What else may be known of the same address: nothing, the same device, any one, another one."""
