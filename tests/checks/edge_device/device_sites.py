"""Devices beside the VPN gateways: one site of our own for each fingerprint, as it would answer.

Constructed after the descriptions named in the fingerprint files, unless a comment says that a
line was published by somebody who recorded it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.checks.edge_device.sites import Site, moved
from tests.fakes import page

FORM = '<form method="post"><input name="user"><input type="password" name="pass"></form>'
SOAP = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope '
    'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">\n<soapenv:Body>\n'
    '<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval><rootFolder type="Folder">'
    "ha-folder-root</rootFolder><about><name>{0}</name><fullName>{0} {1} build-{2}</fullName>"
    "<vendor>VMware, Inc.</vendor><version>{1}</version><build>{2}</build></about></returnval>"
    "</RetrieveServiceContentResponse></soapenv:Body></soapenv:Envelope>"
)
"""The form in which several public projects recorded the answer of ESXi 8.0.2 and vCenter 8.0.3."""
QNAP = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<QDocRoot version="1.0"><doQuick><![CDATA[]]>'
    "</doQuick><model><internalModelName><![CDATA[TS-X51]]></internalModelName></model><firmware>"
    "<version><![CDATA[5.1.8]]></version><number><![CDATA[2823]]></number><build>"
    "<![CDATA[20240712]]></build><patch><![CDATA[0]]></patch></firmware></QDocRoot>"
)
IX = "IX Series IX2106 (magellan-sec) Software, Version 10.2.20, RELEASE SOFTWARE"
"""Recorded by recog (http_servers.xml)."""
TOP = "X" * 300


@dataclass(frozen=True)
class Gadget:
    """A site and what is true of the device behind it."""

    site: Site
    product: str
    version: str = ""
    state: str = "not_readable"
    strength: str = "strong"
    admin: bool = True
    vpn: str = ""
    """Product id of the VPN gateway that is named as well."""


def weak(product: str, title: str, server: str) -> Gadget:
    """A device named by its title and its server's name."""
    front = page(f"<html><title>{title}</title>{FORM}{TOP}</html>", server=server)
    return Gadget(Site({"/": front}), product, strength="weak")


def realm(product: str, text: str, title: str = "") -> Gadget:
    """A router that asks for a password at once."""
    body = f"<title>{title}</title>401" if title else "<title>401 Unauthorized</title>"
    front = page(body, status=401, www_authenticate=f'Basic realm="{text}"')
    return Gadget(Site({"/": front}), product, strength="weak")


def named(**parts: str) -> tuple[tuple[str, str], ...]:
    return tuple(parts.items())


GADGETS: dict[str, Gadget] = {
    "fortigate_admin": Gadget(
        Site({"/": page(f"<html class='main-app'>{TOP}", cookies=("APSCOOKIE_123",))}),
        "fortios", vpn="fortios",
    ),
    "pan_os_admin": Gadget(
        Site({"/": moved("/php/login.php", server="PanWeb Server/ -"),
              "/php/login.php": page(FORM + TOP)}),
        "pan-os", vpn="pan-os",
    ),
    "f5_tmui": Gadget(
        Site({"/": page('<title>BIG-IP&reg;- Redirect</title><script>location="/tmui/login.jsp"'
                        "</script>")}),
        "big-ip", vpn="big-ip", strength="weak",
    ),
    "sonicos_admin": Gadget(
        Site({"/": page("<title>SonicWall - Authentication</title>", server="SonicWALL")}),
        "sonicos", vpn="sonicos",
    ),
    "watchguard_admin": Gadget(
        Site({"/": page(f"<title>Fireware Web UI</title>{FORM}")},
             named(OU="Fireware", O="WatchGuard")),
        "watchguard-fireware", vpn="watchguard-fireware",
    ),
    "sophos_admin": Gadget(
        Site({"/": moved("/webconsole/webpages/login.jsp")}, named(O="Sophos")),
        "sophos-sfos", vpn="sophos-sfos", strength="weak",
    ),
    "fortimanager": Gadget(
        Site({"/": moved("/p/login/", server="xxxxxxxx-xxxxx")},
             named(CN="FMG-VM0000000000", OU="FortiManager", O="Fortinet")),
        "fortimanager",
    ),
    # The certificate's names as recog recorded them (x509_subjects.xml).
    "fortimail": Gadget(
        Site({"/": moved("/admin")}, named(CN="FortiMail", OU="FortiMail", O="Fortinet")),
        "fortimail",
    ),
    "fortiweb": Gadget(
        Site({"/": page(TOP)}, named(CN="FV-1KE", OU="FortiWeb", O="Fortinet")), "fortiweb"
    ),
    "fortiadc": Gadget(
        Site({"/": page(TOP)}, named(CN="FAD", OU="FortiADC", O="Fortinet")), "fortiadc"
    ),
    "esxi": Gadget(
        Site({"/": page('<script>document.write("<title>" + ID_EESX_Welcome + "</title>");'
                        f"</script>{TOP}"),
              "POST /sdk": page(SOAP.format("VMware ESXi", "8.0.2", "22380479"))}),
        "vmware-esxi", "8.0.2 build-22380479", "read",
    ),
    "esxi_silent": Gadget(
        Site({"/": page('<script>document.write("<title>" + ID_EESX_Welcome + "</title>");'
                        f"</script>{TOP}")},
             named(OU="VMware ESX Server Default Certificate", O="VMware, Inc")),
        "vmware-esxi",
    ),
    "vcenter": Gadget(
        Site({"/": moved("/ui/"), "/ui/": page(TOP),
              "POST /sdk": page(SOAP.format("VMware vCenter Server", "8.0.3", "24022515"))}),
        "vmware-vcenter", "8.0.3 build-24022515", "read",
    ),
    "mikrotik": Gadget(
        Site({"/": page("<title>RouterOS router configuration page</title>"
                        f"<h1>RouterOS v6.49.10</h1>{FORM}")}),
        "routeros", "6.49.10", "read", "weak",
    ),
    "draytek": Gadget(
        Site({"/": moved("/weblogin.htm"),
              "/weblogin.htm": page(f"<title>Vigor Login Page</title>{FORM}{TOP}")},
             named(CN="Vigor Router", O="DrayTek Corp.")),
        "draytek-vigor",
    ),
    "draytek_own_certificate": Gadget(
        Site({"/": moved("/weblogin.htm"),
              "/weblogin.htm": page(f"<title>Vigor Login Page</title>{FORM}{TOP}")}),
        "draytek-vigor", strength="weak",
    ),
    # The certificate's names as recog recorded them (x509_subjects.xml).
    "synology": Gadget(
        Site({"/": page("<title>office&nbsp;-&nbsp;Synology&nbsp;DiskStation</title>" + TOP)},
             named(CN="synology.com", OU="FTP Team", O="Synology Inc.")),
        "synology-dsm",
    ),
    "synology_own_certificate": Gadget(
        Site({"/": page("<title>office - Synology NAS</title>"
                        f'<script src="webman/login.js"></script>{TOP}')}),
        "synology-dsm", strength="weak",
    ),
    "qnap": Gadget(
        Site({"/": page(f'<script>location.href="/cgi-bin/QTS.cgi?count=1";</script>{TOP}',
                        server="http server 1.0"),
              "/cgi-bin/authLogin.cgi": page(QNAP)}),
        "qnap-qts", "5.1.8 build 20240712", "read",
    ),
    "qnap_silent": Gadget(
        Site({"/": page(f'<script>location.href="/cgi-bin/QTS.cgi?count=1";</script>{TOP}'),
              "/cgi-bin/authLogin.cgi": page('<QDocRoot version="1.0"></QDocRoot>')}),
        "qnap-qts",
    ),
    # The header's value as a client's log published it, on an answer 401.
    "exchange": Gadget(
        Site({"/": moved("/owa/", server="Microsoft-IIS/10.0"),
              "/owa/": page("", status=401, x_owa_version="15.2.1118.7", x_feserver="MAIL")}),
        "msexchange", "15.2.1118.7", "read", admin=False,
    ),
    "exchange_silent": Gadget(
        Site({"/": moved("/owa/"), "/owa/": page(FORM, x_feserver="MAIL")}),
        "msexchange", strength="weak", admin=False,
    ),
    "exchange_behind_iis": Gadget(
        Site({"/": page("<title>IIS Windows Server</title>" + TOP),
              "/owa/": page("", status=401, x_owa_version="15.1.2507.16")}),
        "msexchange", "15.1.2507.16", "read", admin=False,
    ),
    "exchange_behind_netscaler": Gadget(
        Site({"/": moved("/owa/", "NSC_TMAS"),
              "/owa/": page(FORM, x_owa_version="15.2.1544.4")}),
        "msexchange", "15.2.1544.4", "read", admin=False, vpn="netscaler-adc",
    ),
    "cisco_ios_xe": Gadget(
        Site({"/": moved("/webui/", server="openresty"),
              "/webui/": page("<title>LOGIN</title>" + FORM)},
             named(CN="IOS-Self-Signed-Certificate-4163115936")),
        "cisco-ios-xe",
    ),
    "yamaha": Gadget(
        Site({"/": page(FORM + TOP, status=401, server="YAMAHA-RT",
                        www_authenticate='Basic realm="RTX1210"')}), "yamaha-rtx"
    ),
    "nec_ix": Gadget(
        Site({"/": page("", status=401, server=IX)}), "nec-univerge-ix", "10.2.20", "read"
    ),
    "nec_ix_other_form": Gadget(
        Site({"/": page("", status=401, server="IX Series IX2235 (magellan-sec) Software")}),
        "nec-univerge-ix",
    ),
    "buffalo": realm("buffalo", "BUFFALO WBR-G54", "WBR-G54"),
    "buffalo_server": weak("buffalo", "WHR-G301N", server="IP_SHARER WEB SERVER"),
    "elecom": realm("elecom", "WRC-1167GHBK2", "WRC-1167GHBK2-S"),
    "iodata": realm("iodata", "WN-AX1167GR", "WN-AX1167GR"),
    "aterm": realm("nec-aterm", "Aterm(Administrator)", "クイック設定Web"),
    "corega": realm("corega", "CG-WLBARGPXB", "corega BAR"),
    "planex": realm("planex", "MZK-W300NH", "PLANEX MZK"),
    "skybridge": realm("skybridge", "SkyBridge", "SkyBridge MB-A110"),
    "futurenet": realm("futurenet", "FutureNet NXR-120/C", "FutureNet NXR-120/C"),
    "allied_telesis": realm("allied-telesis", "AT-AR4050S", "Allied Telesis AR4050S"),
    "si_r": realm("fujitsu-si-r", "Si-R G110B", "Si-R G110B"),
    "fitelnet": realm("fitelnet", "FITELnet F220", "FITELnet F220"),
    "some_router": realm("", "WRC-1167GHBK2"),
    # The certificate's names as recog recorded them (x509_subjects.xml).
    "hikvision": Gadget(
        Site({"/": moved("/doc/page/login.asp", server="App-webs/")},
             named(CN="www.hikvision.com", OU="DVRNVR", O="HIKVISION")),
        "hikvision",
    ),
    "axis": Gadget(
        Site({"/": page("", status=401,
                        www_authenticate='Digest realm="AXIS_ACCC8E000000", nonce="x"')}),
        "axis-camera",
    ),
    "panasonic": realm("panasonic-camera", "Panasonic network device", "WV-S1131 Network Camera"),
    "brother": weak("brother", "Brother MFC-J6983CDW series", server="debut/1.30"),
    "canon": weak("canon-printer", "リモートUI: ログイン", server="CANON HTTP Server"),
    "kyocera": weak("kyocera", "Command Center RX", server="KM-MFP-http/V0.0.1"),
    "sharp": weak("sharp-mfp", "MX-3661", server="Rapid Logic/1.1"),
    "ricoh": weak("ricoh", "Web Image Monitor", server="Web-Server/3.0"),
    "hp": weak("hp-printer", "HP LaserJet M507", server="HP HTTP Server; HP LaserJet"),
}  # fmt: skip

GATEWAYS: dict[str, tuple[Site, str]] = {
    "openvpn_as": (Site({"/": page(TOP, server="OpenVPN-AS")}), "openvpn-access-server"),
    "uag": (Site({"/": page("Missing route token in request")}), "omnissa-horizon"),
    "meraki": (
        Site({"/": moved("/+CSCOE+/logon.html", "webvpncontext"),
              "/+CSCOE+/logon.html": page(FORM, cookies=("webvpnlogin",))},
             named(CN="office-abcdefgh.dynamic-m.com")),
        "cisco-meraki",
    ),
    "horizon": (
        Site({"/": page('<title>VMware Horizon</title><a href="/portal/webclient/index.html">'
                        + TOP)}),
        "omnissa-horizon",
    ),
}  # fmt: skip
"""Gateways of remote access beside those in ``sites.DEVICES``; none shows a version."""

GREETINGS: dict[str, tuple[str, int, bytes, str, str]] = {
    "forti_ssh": ("ssh", 22, b"SSH-2.0-FortiSSH_1\r\n", "fortios", ""),
    "forti_ssh_masked": ("ssh", 22, b"SSH-2.0-xxxxxxx\r\n", "fortios", ""),
    "forti_telnet": ("telnet", 23, b"\xff\xfd\x18\xff\xfb\x01\r\nFGT60D login: ", "fortios", ""),
    "array_ssh": ("ssh", 22, b"SSH-2.0-ArrayOS\r\n", "arrayos-ag", ""),
    "drayssh": ("ssh", 22, b"SSH-2.0-DraySSH_2.0\r\n", "draytek-vigor", ""),
    "rosssh": ("ssh", 22, b"SSH-2.0-ROSSSH\r\n", "routeros", ""),
    "cisco_ssh": ("ssh", 22, b"SSH-2.0-Cisco-1.25\r\n", "cisco-ios-xe", ""),
    # The next three as recog recorded them (telnet_banners.xml).
    "cisco_telnet": (
        "telnet", 23, b"User Access Verification\r\n\r\nUsername:\n", "cisco-ios-xe", ""
    ),
    "mikrotik_52": ("telnet", 23, b"MikroTik v5.2\r\nLogin:\n", "routeros", "5.2"),
    "mikrotik_642": (
        "telnet", 23, b"\xff\xfb\x01MikroTik v6.42.3 (stable)\r\nLogin:\n", "routeros", "6.42.3"
    ),
    "mikrotik_rc": (
        "telnet", 23, b"MikroTik v6.36rc12 (testing)\r\nLogin:\n", "routeros", "6.36rc12"
    ),
    # The next three as public scans recorded them.
    "mikrotik_ftp": (
        "ftp", 21, b"220 Hotspot FTP server (MikroTik 6.27) ready\r\n", "routeros", "6.27"
    ),
    "mikrotik_ftp_649": (
        "ftp", 21, b"220 gw FTP server (MikroTik 6.49.10) ready\r\n", "routeros", "6.49.10"
    ),
    "sharp_ftp": (
        "ftp", 21, b"220 SHARP MX-M264N Ver 01.05.00.0n.16.U FTP server.\r\n", "sharp-mfp", ""
    ),
    "checkpoint": ("checkpoint_topology", 264, b"Y\0\0\0", "checkpoint-gaia", ""),
}  # fmt: skip
"""Protocol, port, greeting, and the product and version it shows."""

PLAIN_GREETINGS: dict[str, tuple[str, int, bytes]] = {
    "openssh": ("ssh", 22, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n"),
    "dropbear": ("ssh", 22, b"SSH-2.0-dropbear_2022.83\r\n"),
    "named_like_it": ("ssh", 22, b"SSH-2.0-OpenSSH_9.2p1 xxxxxxx FortiSSH fan\r\n"),
    "nearly_masked": ("ssh", 22, b"SSH-2.0-xxxxxxxx\r\n"),
    "telnet_host_name": ("telnet", 23, b"Debian GNU/Linux 12\r\nmikrotik-notes login: "),
    "telnet_quotes": ("telnet", 23, b"Ask Bob about the MikroTik v6 router\r\nlogin: "),
    "ftp_host_name": ("ftp", 21, b"220 mikrotik.example.jp FTP server (vsFTPd 3.0.3)\r\n"),
    "rtsp": ("rtsp", 554, b"RTSP/1.0 200 OK\r\nServer: GStreamer RTSP server\r\n\r\n"),
}
"""Greetings that name no device."""
