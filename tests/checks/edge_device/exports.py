"""Device exports for tests: the recorded and constructed files, and two forms built here.

Each file's first lines say where it comes from.
"""

from __future__ import annotations

import base64
from pathlib import Path

from posture_scan.checks.edge_device import (
    export_cisco,
    export_fortigate,
    export_ivanti,
    export_nec_ix,
    export_palo_alto,
    export_sonicwall,
    export_yamaha,
)

from posture_scan.sdk import AttemptError, Collector

FOLDER = Path(__file__).parents[2] / "data" / "device_exports"
FILES = {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir())}

READERS: tuple[Collector, ...] = (
    export_cisco.cisco_export,
    export_fortigate.fortigate_export,
    export_ivanti.ivanti_export,
    export_nec_ix.nec_ix_export,
    export_palo_alto.palo_alto_export,
    export_sonicwall.sonicwall_export,
    export_yamaha.yamaha_export,
)

SONICWALL_PAIRS = (
    "checksumVersion=1&firewallName=planted-host&adminPassword=planted-password"
    "&buildNum=6.5.4.15-117n&shortProdName=TZ%20300&serialNumber=planted-serial"
    "&iface_name_0=X0&iface_zone_0=LAN&iface_https_mgmt_0=on"
    "&iface_name_1=X1&iface_zone_1=WAN&iface_https_mgmt_1=on&iface_ssh_mgmt_1=off"
    "&userObjId_0=planted-user&ipsecPskKey_0=planted-psk"
)


def sonicwall_exp(pairs: str = SONICWALL_PAIRS) -> bytes:
    """An .exp file, constructed after what public converters of such files undo."""
    return base64.b64encode(pairs.encode()) + b"&&"


ALL = {**FILES, "sonicwall.exp": sonicwall_exp()}


def understood(content: bytes) -> list[str]:
    """Names of the readers that take the content for their own; each must end in order."""
    names = []
    for reader in READERS:
        try:
            reader.function(content)
        except AttemptError:
            continue
        names.append(reader.name)
    return names
