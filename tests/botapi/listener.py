"""HTTP on loopback: a thread a connection, kept alive, and able to break one as a network does."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Request:
    """What came in."""

    path: str
    query: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out; `reset` cuts the connection instead."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    reset: bool = False


class Listener(ThreadingMixIn, TCPServer):
    """Serves `handle` on 127.0.0.1 from its own thread until close()."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, handle: Callable[[Request], Answer], port: int = 0) -> None:
        self.handle = handle
        self.crashes: list[BaseException] = []
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), _Connection)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), name="botapi", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread a connection; remembered, so that close() can end it."""
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """The connection is over."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """What went wrong outside of a request is kept for the test as well."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.crashes.append(error)

    def close(self) -> None:
        """Stop listening and end all connections; safe to call twice."""
        self.shutdown()
        with self._guard:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it ended by itself
        self.server_close()
        self._thread.join()


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def do_POST(self) -> None:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        kind = self.headers.get("Content-Type", "")
        body = self.rfile.read(length)
        if len(body) < length:  # cut off in the middle: nothing was asked
            self.close_connection = True
            return
        try:
            answer = self.server.handle(Request(unquote(path), query, kind, body))
        except Exception as error:
            self.server.crashes.append(error)
            answer = Answer(500, b'{"ok":false,"error_code":500,"description":"Internal Server Error"}')
        if answer.reset:
            self._reset()
        else:
            self._write(answer)

    do_GET = do_POST  # noqa: N815 – the name that http.server looks for

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # the client left: its own affair
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _write(self, answer: Answer) -> None:
        head = (
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
            f"Content-Type: {answer.content_type}\r\nContent-Length: {len(answer.body)}\r\n\r\n"
        )
        self.wfile.write(head.encode() + answer.body)

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())  # at once, with RST, though rfile still holds the socket
