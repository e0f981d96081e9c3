"""A small load balancer: every request goes to the next replica in turn, and past one that does not listen."""

import http.client
import itertools
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "server", "date"}


class Balancer:
    """Listens on `address`; `behind` are the places of the replicas. `took` tells who got each request, in order."""

    def __init__(self, behind: list[str]) -> None:
        self.took: list[tuple[str, str]] = []
        turns, lock = itertools.count(), threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(handler) -> None:  # noqa: N805 -- the library's name; `self` is the balancer
                body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
                with lock:
                    first = next(turns)
                for turn in range(len(behind)):
                    place = behind[(first + turn) % len(behind)]
                    try:
                        answer = pass_on(handler, place, body)
                    except (OSError, http.client.HTTPException):
                        continue
                    self.took.append((place, handler.path.split("?")[0]))
                    return say(handler, *answer)
                return say(handler, 502, [], b"")

            def log_message(handler, *_words: object) -> None:  # noqa: N805 -- as above
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def pass_on(
    handler: BaseHTTPRequestHandler, place: str, body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Ask one replica; raises OSError for one that does not answer."""
    link = http.client.HTTPConnection(place, timeout=20)
    try:
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP_BY_HOP}
        link.request(handler.command, handler.path, body, headers)
        answer = link.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        link.close()


def say(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """Give the replica's answer as ours."""
    handler.send_response(status)
    for name, value in headers:
        if name.lower() not in HOP_BY_HOP:
            handler.send_header(name, value)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
