"""First answers of this pack's protocols, for asking every recogniser about every other one.

Those of servers that Debian ships are what they sent on loopback (see ``tests/lab``); SLP and
RTSP are built from the specifications.
"""

from __future__ import annotations

DNS_OPEN = bytes.fromhex(
    "705381800001000100000000076578616d706c6503636f6d0000010001c00c0001000100000e100004c0000201"
)
DNS_REFUSED = bytes.fromhex("705381050000000000000000")
DNS_REFUSED_LONG = bytes.fromhex(
    "705381050000000000000000076578616d706c6503636f6d0000010001000000000000000000000000"
)
NTP = bytes.fromhex(
    "e40000e80000000000000000494e4954000000000000000070537461c3a95d17"
    "eeae29b1b32fd4feeeae29b1b8bd92b5"
)
SNMP = bytes.fromhex(
    "30710201033011020470534e4d020300ffe30401000201030421301f041180001f8880e2cda31de8aa036b00000000"
    "0201010201000400040004003036041180001f8880e2cda31de8aa036b000000000400a81f020470534e4d02010002"
    "01003011300f060a2b060106030f01010400410101"
)
SSDP = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: upnp:rootdevice\r\n"
    b"USN: uuid:example::upnp:rootdevice\r\nEXT:\r\nSERVER: Example UPnP/1.1 Test/1\r\n"
    b"LOCATION: http://192.0.2.2:5000/desc.xml\r\n\r\n"
)
NETBIOS = (
    b"pN\x85\x80\x00\x00\x00\x01\x00\x00\x00\x00 CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\x00"
    b"\x00 \x00\x01\x00\x03\xf4\x80\x00\x06\x00\x00\xc0\x00\x02\x02"
)
LDAP = (
    b"0$\x02\x02pLd\x1e\x04\x000\x1a0\x18\x04\x14supportedLDAPVersion1\x00"
    b"0\r\x02\x02pLe\x07\n\x01\x00\x04\x00\x04\x00"
)
CLDAP = b'03\x02\x02pCe-\n\x01"\x04\x00\x04&NULL Base DN invalid for a base search'
KERBEROS = (
    b"\x00\x00\x00^~\\0Z\xa0\x03\x02\x01\x05\xa1\x03\x02\x01\x1e\xa4\x11\x18\x0f20261123025653Z"
    b"\xa5\x05\x02\x03\x0e.\xe2\xa6\x03\x02\x01=\xa9\r\x1b\x0bEXAMPLE.COM\xaa 0\x1e\xa0\x03\x02"
    b"\x01\x02\xa1\x170\x15\x1b\x06krbtgt\x1b\x0bEXAMPLE.COM"
)
MSRPC = bytes.fromhex(
    "05000c03100000003c00000053700000b810b8108752000004003133350000000100000000000000"
    "045d888aeb1cc9119fe808002b10486002000000"
)
RPC_REPLY = bytes.fromhex("0000000100000000000000000000000000000000")
SLP = bytes.fromhex("020a00001d00000000007053") + b"\x00\x02en\x00\x00\x00\x09service:x"
IMAP = (
    b"* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
    b"LOGINDISABLED] Dovecot (Debian) ready.\r\n"
)
XMPP = (
    b"<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' "
    b"from='posture-scan.invalid' xmlns='jabber:client' version='1.0' xml:lang='en' "
    b"id='269197c1-047f-4f0b-ac6d-2ca34785a672'><stream:error><host-unknown "
    b"xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
)
XMPP_SERVERS = (
    b"<?xml version='1.0'?><stream:stream id='12453026368605732379' version='1.0' xml:lang='en' "
    b"xmlns:db='jabber:server:dialback' xmlns:stream='http://etherx.jabber.org/streams' "
    b"from='posture-scan.invalid' xmlns='jabber:server'><stream:error><invalid-namespace "
    b"xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>"
)

SAMPLES: dict[str, tuple[bytes, ...]] = {
    "dns": (DNS_OPEN, DNS_REFUSED, DNS_REFUSED_LONG),
    "dns_tcp": (b"\x00\x2d" + DNS_OPEN, b"\x00\x0c" + DNS_REFUSED),
    "ntp": (NTP,),
    "snmp": (SNMP,),
    "ssdp": (SSDP,),
    "netbios_ns": (NETBIOS,),
    "netbios_session": (b"\x82\x00\x00\x00", b"\x83\x00\x00\x01\x82"),
    "ldap": (LDAP, b"0\x0d\x02\x02pLe\x07\n\x01\x01\x04\x00\x04\x00"),
    "cldap": (CLDAP,),
    "kerberos": (KERBEROS,),
    "msrpc": (MSRPC, bytes.fromhex("05000d0310000000180000005370000000000000")),
    "rpcbind": (bytes.fromhex("8000001870535450") + RPC_REPLY,),
    "rpcbind_udp": (bytes.fromhex("70535550") + RPC_REPLY,),
    "slp": (SLP,),
    "rtsp": (
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: Example Camera/1.2\r\nPublic: OPTIONS\r\n\r\n",
        b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n\r\n",
    ),
    "smtp": (
        b"220 mail.example.jp ESMTP Postfix (Debian/GNU)\r\n",
        b"220 example.jp FTP-free ESMTP ready\r\n",
        b"220-mx.example.jp ESMTP Exim 4.96 #2\r\n220 We do not want spam\r\n",
        b"554 example.jp ESMTP not accepting messages\r\n",
    ),
    "imap": (IMAP, b"* OK [CAPABILITY IMAP4rev1] Dovecot ready. password:", b"* BYE busy\r\n"),
    "pop3": (
        b"+OK Dovecot (Debian) ready.\r\n", b"+OK Dovecot ready. login:", b"+OK\r\n",
        b"+OK POP3 server ready <1896.697170952@example.jp>\r\n",
    ),
    "xmpp": (XMPP, XMPP_SERVERS),
}  # fmt: skip
