"""Facts that bring out every reason of the checks on devices, from those for gateways."""

from __future__ import annotations

from collections.abc import Iterable

from posture_scan.checks.edge_device.collect_sslvpn import EdgeFront
from posture_scan.checks.edge_device.naming import Device

from posture_scan.sdk import Facts

NAS = Device("qnap-qts", "QNAP", "storage", "strong", admin_page=True, settle="QTS")

PLAIN: tuple[EdgeFront, ...] = (
    EdgeFront(device=NAS),
    EdgeFront(device=Device("qnap-qts", "QNAP", "storage", "strong")),
    EdgeFront(complete=False, device=Device("qnap-qts", "QNAP", "storage", "strong")),
    EdgeFront(device=Device("", "Router", "router", "weak", admin_page=True)),
    EdgeFront(device=Device("msexchange", "Exchange", "mail", "strong")),
    EdgeFront(complete=False, conflict=("FortiGate", "QNAP")),
    EdgeFront("fortios", "FortiGate", "strong", vpn_page=True, version_state="not_readable",
              device=Device("fortios", "FortiGate", "firewall", "strong", admin_page=True)),
)  # fmt: skip


def as_devices(gateways: Iterable[Facts]) -> tuple[EdgeFront, ...]:
    """The same versions, shown by a device instead of a gateway."""
    fronts = [item for item in gateways if isinstance(item, EdgeFront) and item.product]
    return PLAIN + tuple(
        EdgeFront(device=Device(
            front.product, front.title, "router", front.strength, version=front.version,
            version_state=front.version_state, hint_date=front.hint_date, settle=front.settle,
        ))
        for front in fronts
    )  # fmt: skip
