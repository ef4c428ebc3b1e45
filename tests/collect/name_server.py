"""A name server of a few lines, on a loopback port of its own: answers from a table."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator

import dns.message
import dns.query
import dns.rcode

Reply = Callable[[dns.message.Message], bytes | None]
ADDRESS = "127.71.5.1"


def zone(records: dict[tuple[str, str], list[str]], *, rcode: int = 0, flags: int = 0) -> Reply:
    """Answer from a table of (name, kind); a name that is not in it does not exist."""

    def reply(query: dns.message.Message) -> bytes:
        answer = dns.message.make_response(query)
        answer.flags |= flags
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        known = [key for key in records if key[0] == name]
        if rcode or not known:
            answer.set_rcode(dns.rcode.Rcode(rcode) if rcode else dns.rcode.NXDOMAIN)
        for text in records.get((name, kind), ()):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, text))
        return answer.to_wire()

    return reply


@contextlib.contextmanager
def serving(reply: Reply) -> Iterator[tuple[str, int]]:
    """Serve over UDP until the block ends; yields address and port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            said = reply(dns.message.from_wire(data))
            if said is not None:
                socket.sendto(said, self.client_address)

    class Server(socketserver.ThreadingUDPServer):
        daemon_threads = True

    with Server((ADDRESS, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield str(server.server_address[0]), int(server.server_address[1])
        finally:
            server.shutdown()
