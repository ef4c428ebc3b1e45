"""VPN servers by their own protocols: what answers, and whether its protection still holds."""
