"""The kernel's table of TCP sockets as a test wants it; the form is proc_pid_net(5)'s."""

from __future__ import annotations

import ipaddress

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue\n"


def row(address: str, port: int, state: str = "0A") -> str:
    """One socket; ``address`` in the kernel's digits, the state ``0A`` is listening."""
    return f"   0: {address}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000\n"


def table(*sockets: tuple[str, int]) -> dict[str, str]:
    """The two files of a computer with these listening sockets."""
    rows: dict[int, str] = {4: HEAD, 6: HEAD}
    for text, port in sockets:
        address = ipaddress.ip_address(text)
        raw = address.packed
        words = [raw[at : at + 4][::-1] for at in range(0, len(raw), 4)]
        rows[address.version] += row(b"".join(words).hex().upper(), port)
    return {"/proc/net/tcp": rows[4], "/proc/net/tcp6": rows[6]}
