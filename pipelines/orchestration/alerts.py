"""Tells people what is wrong or late: by a webhook that takes Slack's format, and by e-mail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any

from pipelines.contracts.settings import AlertKind, Alerts, Email, FromEnvironment

DEADLINE_S = 30
"""How long it takes at most, by all ways and with all attempts: Dagster waits 60 s for a look of a sensor."""
CONNECT_S = 4
ANSWER_S = 15
TRIES = 3
SHOWN, LONGEST = 10, 1000
"""Findings that a message tells one by one, and characters of one: a service refuses what is too long."""


class NotSent(Exception):
    """An alert that reached nobody."""


@dataclass(frozen=True)
class Sent:
    """By which ways an alert arrived, and what went wrong with the others. Neither, if nobody asks for it."""

    ways: Sequence[str] = ()
    failures: Sequence[str] = ()


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
        return [_shortened(" ".join(text.split())) for text in self.findings[:SHOWN]] + rest


def send(alert: Alert, settings: Alerts) -> Sent:
    """By which of the ways that the settings name an alert arrived. All are tried at once, so that one that
    hangs holds no other up; what has not answered within `DEADLINE_S` counts as failed.

    Raises NotSent when it arrived by none.
    """
    if not settings.is_on or alert.kind not in settings.about:
        return Sent()
    ways: list[tuple[str, Callable[[Alert, Any], None], Any]] = [
        ("webhook", _post, settings.webhook), ("e-mail", _mail, settings.email)
    ]  # fmt: skip
    attempts = {name: _begun(send_by, alert, way) for name, send_by, way in ways if way}
    wait(attempts.values(), timeout=DEADLINE_S)
    wrong = {name: _what_went_wrong(attempt) for name, attempt in attempts.items()}
    failures = [f"{name}: {said}" for name, said in wrong.items() if said]
    if len(failures) == len(wrong):
        raise NotSent(f"'{alert.title}' was not sent: {'; '.join(failures)}")
    return Sent([name for name, said in wrong.items() if not said], failures)


def _begun(send_by: Callable[[Alert, Any], None], alert: Alert, way: Any) -> Future[None]:
    """An attempt in a thread of its own, which nobody waits for when the process ends."""
    attempt: Future[None] = Future()

    def work() -> None:
        try:
            send_by(alert, way)
        except Exception as error:  # told by who waits for it
            attempt.set_exception(error)
        else:
            attempt.set_result(None)

    threading.Thread(target=work, daemon=True).start()
    return attempt


def _what_went_wrong(attempt: Future[None]) -> str:
    """Nothing, if the alert arrived."""
    if not attempt.done():
        return f"no answer within {DEADLINE_S} s"
    error = attempt.exception()
    return _without_address(error) if error else ""


def _post(alert: Alert, webhook: FromEnvironment) -> None:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3 import Retry

    # A webhook that is busy is asked again; one that was sent a message and is slow to answer may have taken
    # it. How long to wait it may not say: there is the next look for that.
    again = Retry(
        total=TRIES, read=0, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=None, respect_retry_after_header=False,
    )  # fmt: skip
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=again))
        message = {"text": slack_text(alert)}
        answer = session.post(webhook.value(), json=message, timeout=(CONNECT_S, ANSWER_S))
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
        server: smtplib.SMTP = smtplib.SMTP_SSL(email.host, email.port, timeout=ANSWER_S, context=context)
    else:
        server = smtplib.SMTP(email.host, email.port, timeout=ANSWER_S)
    with server:
        if email.security == "starttls":
            server.starttls(context=context)
        if email.user and email.password:
            server.login(email.user, email.password.value())
        server.send_message(message)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _without_address(error: BaseException) -> str:
    """What an error says, without the webhook's address, which is a secret."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answered {response.status_code}"
    # Those of requests and of smtplib are OSErrors; the former have the request, and what else there is may.
    if hasattr(error, "request") or not isinstance(error, OSError | LookupError):
        return type(error).__name__
    return str(error)
