"""Services that have no business on the Internet: file shares, databases, administration."""
