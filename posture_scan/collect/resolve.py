"""Names to addresses through the system's resolver, with a time-out it does not have itself."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable
from typing import Any

from posture_scan.model.evidence import Attempt
from posture_scan.model.world import AttemptError

LookUp = Callable[..., list[Any]]


def resolve(
    name: str, timeout: float = 5.0, *, look_up: LookUp = socket.getaddrinfo
) -> tuple[str, ...]:
    """Return the addresses of a name, in the resolver's order, each once.

    The look-up runs in a thread of its own, because the system's call cannot be stopped; after
    ``timeout`` seconds it is left behind. ``look_up`` answers like ``socket.getaddrinfo``.

    Raises:
        AttemptError: unresolved when the name has no address, timeout when nobody answered.
    """
    answers: queue.SimpleQueue[list[Any] | str | None] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(name, answers, look_up), daemon=True).start()
    try:
        found = answers.get(timeout=timeout)
    except queue.Empty:
        raise AttemptError(Attempt.TIMEOUT, "name_lookup") from None
    if found is None:
        raise AttemptError(Attempt.TIMEOUT, "name_lookup")
    if isinstance(found, str):
        raise AttemptError(Attempt.UNRESOLVED, found)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def _look_up(
    name: str, answers: queue.SimpleQueue[list[Any] | str | None], look_up: LookUp
) -> None:
    try:
        answers.put(look_up(name, None, type=socket.SOCK_STREAM))
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            answers.put(None)
        else:
            answers.put(f"gaierror_{error.errno}")
    except (OSError, UnicodeError):
        # An over-long or malformed name fails in the IDNA codec before any look-up.
        answers.put("not_a_name")
