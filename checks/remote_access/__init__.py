"""Remote access seen from outside: desktops, terminals and VPN gateways that answer."""
