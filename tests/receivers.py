"""Servers on this machine that alerts are sent to: a webhook, and a mail server with TLS."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "alerts@example.org", "secret-of-the-mail-server"


@contextmanager
def webhook(*answers: int, retry_after: int | None = None) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a server, and what it was sent; it answers with some codes first, then with 200."""
    got: list[dict[str, Any]] = []
    codes = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(codes.pop(0) if codes else 200)
            if retry_after is not None:
                self.send_header("Retry-After", str(retry_after))
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/services/T0/secret-of-the-webhook", got
        server.shutdown()


@contextmanager
def hanging() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/services/T0/secret-of-the-webhook"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def mail_server(folder: Path, starttls: bool) -> Iterator[tuple[int, Path, list[EmailMessage]]]:
    """The port of a server, the certificate to trust, and the messages that it took."""
    got: list[EmailMessage] = []
    authority = trustme.CA()
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            got.append(BytesParser(policy=default).parsebytes(envelope.content))  # type: ignore[arg-type]
            return "250 taken"

    def known(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=data == right, handled=False)

    controller = Controller(
        Handler(), hostname="localhost", port=free_port(), authenticator=known, auth_required=starttls,
        auth_require_tls=starttls, require_starttls=starttls, tls_context=context if starttls else None,
        ssl_context=None if starttls else context,
    )  # fmt: skip
    controller.start()
    try:
        yield controller.port, trusted, got
    finally:
        controller.stop()
