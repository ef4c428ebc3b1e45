"""Which TCP ports are looked at: a list of our own, and every port the protocols name.

The list was put together for this program from three sources: services registered with IANA
(RFC 6335), the usual ports of remote access, databases, mail, file and web servers, printers,
cameras and industrial devices, and the ranges in which products count upwards from a default.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from posture_scan.errors import UsageError
from posture_scan.sdk import ProtocolSpec

HIGHEST: Final = 65_535
LISTEN_ONLY: Final = frozenset({79, 513, 514, *range(9100, 9108)})
"""Ports to which nothing is ever sent: any byte would do something there.

finger takes it for a user's name and an empty line for "list all" (RFC 1288 section 2.3), rlogin
and rsh for the beginning of a login (RFC 1282), raw printing (HP JetDirect) prints it.
"""

_COMMON: Final = """
1 5 7 9 11 13 15 17-27 37 42-43 49 53 57 65-66 70 79-90 95 98-111 113 115 117-119 123
129 135-139 143-146 150 152 156 158 161-164 170 174 177-179 190 194 199-202 204 206
209-211 213 220 245 259 264 280 300 308 311 318 333 344 350-351 366 369-371 383-384 387
389 396 399-402 406-407 411-412 427 434-435 443-445 447 464-465 475 487 497 500-504
509-510 512-518 520-521 523-526 530-533 540-544 546-548 550 554-556 560-561 563 565 567
585 587 591 593 601 604 607 609 612 620 623-626 631 635-636 639 641 646-648 650-654 660
666 674 688 690-691 694-695 698 700-702 704-706 711 715 720 729-731 740 744 749-752 777
800-801 808 810 848 853 860 873 880 888 989-993 995 999-1002 1024-1044 1080-1085 1090
1098-1100 1111 1180 1194-1196 1214 1311 1352 1400 1417 1433-1435 1494 1500-1501 1512
1521-1523 1526-1529 1533 1583 1604 1630 1688 1701 1720 1723 1755 1801 1812 1830
1883-1884 1900 1911 1947 1962 2001-2015 2020-2023 2030 2049 2080-2087 2095-2096 2111
2121 2181-2183 2200 2222-2224 2259 2301 2323 2375-2381 2401 2404 2424 2480 2483-2484
2500 2525 2598 2601 2604 2638 2947 3000-3011 3050-3051 3128-3129 3260 3268-3269 3283
3299 3306-3310 3333 3351 3388-3400 3443 3478 3493 3632 3689-3690 3700 3780 4000-4002
4022-4023 4080 4172 4190 4200 4222 4242 4321 4343 4369 4406 4430 4433-4434 4440
4443-4444 4500 4502 4568 4646 4648 4711 4730 4750 4786 4840 4843 4848 4899-4900 4949
5000-5001 5005 5050 5060-5062 5080 5222-5223 5269 5280 5349 5351 5353 5357-5358
5432-5435 5439 5443 5480 5500 5555 5580 5601 5631-5632 5666 5671-5673 5683 5800-5804
5900-5912 5938 5984-5986 5989 6000-6010 6060 6080 6112 6129 6222 6262 6371 6379-6383
6389 6432 6443 6514 6543 6556 6568 6650 6666-6669 6697 6699 7000-7010 7070-7071
7080-7081 7199 7443 7473-7474 7547-7548 7627 7687 7777-7779 7890 7999-8033 8040-8096
8098-8100 8108 8118 8123 8139-8140 8161 8172 8180-8185 8200 8211 8222 8243 8280-8283
8291 8300 8333-8334 8383 8400 8428 8430 8443-8447 8500-8502 8529-8531 8554 8600
8728-8729 8800 8812 8834 8843 8880-8884 8888-8890 8983 9000-9002 9009-9012 9030 9040
9042-9043 9050 9060 9080-9096 9098-9103 9160 9191 9200-9206 9229 9290 9300-9303
9389-9390 9418 9440 9443 9500 9600 9700 9876 9900 9943-9944 9981 9990 9999-10011 10022
10050-10051 10161-10162 10250 10255-10257 10259 10443 10514 11000-11001 11111
11210-11211 11300 12000 12322 13389 13722 13724 13782-13783 14000 15000-15002 15672
16000-16001 16080 16992-16995 17500 18080 18245 19100 19801 19999-20000 20022 20547
20880 21114-21119 22222 23389 24800 25000 25565 26000 26257 26379 27000 27017-27020
27352 27715 28015 28017 30000-30001 30005 30022 30718 32400 32764 32768-32775
33060-33062 33389 34962-34964 37215 37777 38080 40000 40022 41080 44333-44334 44818
47001 47808 49152-49199 50000 50006 50022 50050 50070 50075 50090 50095 50100 50500
51106 51820 52869 52881 55555 58080 60000 60010 60022 60030 61613 61617 62078
"""


def parse_ports(text: str) -> tuple[int, ...]:
    """Read ports such as ``22 80,443 8000-8100``; sorted, each once.

    Raises:
        UsageError: ``ports.bad`` naming the part that is no port and no range of ports.
    """
    found: set[int] = set()
    for part in text.replace(",", " ").split():
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise UsageError("ports.bad", part=part)
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= HIGHEST:
            raise UsageError("ports.bad", part=part)
        found.update(range(low, high + 1))
    return tuple(sorted(found))


COMMON_PORTS: Final = parse_ports(_COMMON)
"""The 1,000 TCP ports looked at whatever protocols are known."""


def default_ports(specs: Sequence[ProtocolSpec]) -> tuple[int, ...]:
    """Return the ports a full scan looks at: those the protocols name first, then the rest."""
    named = {port for spec in specs if spec.transport == "tcp" for port in spec.ports}
    rest = [port for port in COMMON_PORTS if port not in named]
    return (*sorted(named), *rest)


def written(ports: Sequence[int]) -> str:
    """Write ports as ranges, ``1-3,7``: the form that ``parse_ports`` and nmap read."""
    parts: list[str] = []
    ordered = sorted(set(ports))
    start = 0
    for place, port in enumerate(ordered):
        if place + 1 == len(ordered) or ordered[place + 1] != port + 1:
            low = ordered[start]
            parts.append(str(low) if low == port else f"{low}-{port}")
            start = place + 1
    return ",".join(parts)
