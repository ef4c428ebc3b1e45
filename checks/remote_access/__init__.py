"""Remote access seen from outside: desktops, terminals and support tools that answer."""
