"""Tells people what is wrong or late: by a webhook that takes Slack's format, and by e-mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.contracts.settings import AlertKind, Alerts, Email, FromEnvironment

TIMEOUT_S = 20
TRIES = 3
SHOWN = 10
"""Findings that a message tells one by one."""


class NotSent(Exception):
    """An alert that did not reach all whom the settings name."""


@dataclass(frozen=True)
class Alert:
    """One message: what it is about, a title, and findings."""

    kind: AlertKind
    title: str
    findings: Sequence[str] = ()

    @property
    def lines(self) -> list[str]:
        more = len(self.findings) - SHOWN
        rest = [f"… and {more} more"] if more > 0 else []
        return [" ".join(text.split()) for text in self.findings[:SHOWN]] + rest


def send(alert: Alert, settings: Alerts) -> bool:
    """Send an alert everywhere that the settings name, and say whether they ask for its kind.

    Raises NotSent when it did not arrive everywhere, after it was tried everywhere.
    """
    if not settings.is_on or alert.kind not in settings.about:
        return False
    ways: list[tuple[str, Callable[[Alert, Any], None], Any]] = [
        ("webhook", _post, settings.webhook), ("e-mail", _mail, settings.email)
    ]  # fmt: skip
    failures = []
    for name, send_by, way in ways:
        try:
            if way:
                send_by(alert, way)
        except (OSError, LookupError) as error:  # those of requests and of smtplib are OSErrors
            failures.append(f"{name}: {_without_address(error)}")
    if failures:
        raise NotSent(f"'{alert.title}' was not sent: {'; '.join(failures)}")
    return True


def _post(alert: Alert, webhook: FromEnvironment) -> None:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import Retry

    # A webhook may be asked again: a message that comes twice is better than none.
    again = Retry(
        total=TRIES, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=None
    )
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=again))
        answer = session.post(webhook.value(), json={"text": slack_text(alert)}, timeout=TIMEOUT_S)
        answer.raise_for_status()


def slack_text(alert: Alert) -> str:
    """The message in Slack's markup, in which nothing that an export says is markup."""
    return "\n".join([f"*{_escaped(alert.title)}*", *(f"• {_escaped(line)}" for line in alert.lines)])


def _escaped(text: str) -> str:
    """As Slack asks for, so that `<!channel>` in an export calls nobody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _mail(alert: Alert, email: Email) -> None:
    import smtplib
    import ssl
    from email.message import EmailMessage

    message = EmailMessage()
    message["Subject"] = f"Caseload: {' '.join(alert.title.split())}"
    message["From"], message["To"] = email.sender, ", ".join(email.to)
    message.set_content("\n".join([alert.title, "", *(f"- {line}" for line in alert.lines), ""]))
    context = ssl.create_default_context()
    if email.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(email.host, email.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(email.host, email.port, timeout=TIMEOUT_S)
    with server:
        if email.security == "starttls":
            server.starttls(context=context)
        if email.user and email.password:
            server.login(email.user, email.password.value())
        server.send_message(message)


def _without_address(error: Exception) -> str:
    """What an error says, without the webhook's address, which is a secret."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    if isinstance(error, OSError) and hasattr(error, "request"):
        return type(error).__name__
    return str(error)
