"""What may be kept and shown of an address that somebody else wrote, such as a repository's."""

from __future__ import annotations

import re
from typing import Final

_LONGEST: Final = 300
_SCP_USER: Final = re.compile(r"((?:sftp|scp):)?[^/]*@(?=[^/:@\s]+:)|(sftp:|scp:)[^/]*@")
"""The user name of ``user@host:path``, and of ``sftp:user@host/path``."""
_SETTINGS: Final = re.compile(r"((?:rclone:)?:?[\w .+@-]{1,60}),[^/]*=")
"""rclone's remotes that carry their settings with them: ``:s3,secret_access_key=…:bucket``."""
_NAMED: Final = re.compile(
    r"(?i)([?&;][a-z_-]*(?:key|secret|token|pass|password|passwd|passphrase|pwd|sig|signature))"
    r"=[^&;]*"
)


def redacted_address(address: str) -> str:
    """Return an address without user names, passwords, keys and queries, bounded in length.

    A password may hold any letter, ``@`` and ``/`` too: rather too much is left out.
    """
    remote = _SETTINGS.match(address)
    if remote:
        return remote[1]
    scheme, mark, rest = address.partition("://")
    if mark:
        plain = f"{scheme}://{_without_user(rest).split('?', 1)[0]}"
    else:
        found = _SCP_USER.match(address)
        plain = f"{found[1] or found[2] or ''}{address[found.end() :]}" if found else address
    return _NAMED.sub(r"\1=", plain)[:_LONGEST]


def _without_user(rest: str) -> str:
    authority, slash, path = rest.partition("/")
    host, colon, port = authority.partition(":")
    if colon and "@" in path and not port.isdecimal() and not host.startswith("["):
        return path.rpartition("@")[2]  # a password that may hold a slash
    return f"{authority.rpartition('@')[2]}{slash}{path}"
