"""First answers of this pack's protocols, for asking every recogniser about every other one.

Built from the specifications; those of daemons that Debian ships have the form that they gave on
loopback (see ``tests/lab``).
"""

from __future__ import annotations

import struct

PPTP = struct.pack(">HHIHH", 156, 1, 0x1A2B3C4D, 2, 0) + bytes(144)
SAMPLES: dict[str, tuple[bytes, ...]] = {
    "pptp": (PPTP,),
}  # fmt: skip
