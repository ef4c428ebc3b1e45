"""Services that have no business on the Internet: file shares, containers, administration."""
