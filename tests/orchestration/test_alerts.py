"""Alerts that really arrive: at a webhook and at a mail server on this machine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from dagster._grpc.utils import default_sensor_grpc_timeout

from pipelines.contracts.settings import Alerts, Email, FromEnvironment
from pipelines.orchestration import alerts
from pipelines.orchestration.alert_sensors import LOOK_S
from pipelines.orchestration.alerts import Alert, NotSent, Sent, send, slack_text
from tests.receivers import PASSWORD, USER, hanging, mail_server, webhook

ALERT = Alert("quarantined_export", "Quarantined exports of series", ["n.csv, row 3: 'x' is not a number"])
BY_WEBHOOK = Alerts(webhook=FromEnvironment(env="HOOK"))


def by_mail(port: int, **words: object) -> Alerts:
    given = {"security": "starttls", "user": USER, "password": {"env": "MAIL"}} | words
    mail = {"host": "localhost", "port": port, "sender": USER, "to": ["a@example.org", "b@example.org"]}
    return Alerts(email=Email.model_validate(mail | given))


def test_a_webhook_gets_the_text_in_slacks_format(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        assert send(ALERT, BY_WEBHOOK).ways == ["webhook"]
    assert got == [{"text": "*Quarantined exports of series*\n• n.csv, row 3: 'x' is not a number"}]


def test_what_an_export_says_is_no_markup_and_stays_short() -> None:
    found = ["<!channel> & <https://example.org|look>\nsecond line", *(f"row {n}" for n in range(20))]
    lines = slack_text(Alert("failed_run", "Failed", found)).splitlines()
    assert lines[1] == "• &lt;!channel&gt; &amp; &lt;https://example.org|look&gt; second line"
    assert (len(lines), lines[-1]) == (12, "• … and 11 more")
    [line] = Alert("failed_run", "Failed", ["x" * 100_000]).lines
    assert (len(line), line[-2:]) == (1000, "x…")


def test_a_server_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook(503, 429) as (address, got):
        monkeypatch.setenv("HOOK", address)
        assert send(ALERT, BY_WEBHOOK).ways == ["webhook"]
    assert len(got) == 3


def test_a_webhook_that_refuses_is_told_without_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook(404) as (address, _):
        monkeypatch.setenv("HOOK", address)
        with pytest.raises(NotSent) as error:
            send(ALERT, BY_WEBHOOK)
    assert "webhook: the server answered 404" in str(error.value)
    assert "secret-of-the-webhook" not in str(error.value)


def test_nobody_there_is_told_without_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.orchestration.alerts.TRIES", 0)
    monkeypatch.setenv("HOOK", "http://127.0.0.1:9/secret-of-the-webhook")
    with pytest.raises(NotSent) as error:
        send(ALERT, BY_WEBHOOK)
    assert "secret-of-the-webhook" not in str(error.value)


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    with pytest.raises(NotSent, match=r"webhook: the environment variable HOOK, which caseload.yaml names"):
        send(ALERT, BY_WEBHOOK)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_email_arrives_over_a_secured_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    with mail_server(tmp_path, starttls=security == "starttls") as (port, trusted, got):
        monkeypatch.setenv("MAIL", PASSWORD)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert send(ALERT, by_mail(port, security=security)).ways == ["e-mail"]
    [message] = got
    assert message["Subject"] == "Caseload: Quarantined exports of series"
    assert message["To"] == "a@example.org, b@example.org"
    assert "- n.csv, row 3: 'x' is not a number" in message.get_content()


def test_a_subject_cannot_add_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tmp_path, starttls=True) as (port, trusted, got):
        monkeypatch.setenv("MAIL", PASSWORD)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        send(Alert("failed_run", "Failed\r\nBcc: c@example.org"), by_mail(port))
    assert (got[0]["Subject"], got[0]["Bcc"]) == ("Caseload: Failed Bcc: c@example.org", None)


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tmp_path, starttls=True) as (port, _, got):
        monkeypatch.setenv("MAIL", PASSWORD)
        with pytest.raises(NotSent, match=r"e-mail: .*certificate"):
            send(ALERT, by_mail(port))
    assert got == []


def test_a_wrong_password_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(tmp_path, starttls=True) as (port, trusted, got):
        monkeypatch.setenv("MAIL", "another")
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with pytest.raises(NotSent, match="e-mail: "):
            send(ALERT, by_mail(port))
    assert got == []


def test_what_arrived_by_one_way_is_sent_though_the_other_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(404) as (address, _), mail_server(tmp_path, starttls=True) as (port, trusted, got):
        monkeypatch.setenv("HOOK", address)
        monkeypatch.setenv("MAIL", PASSWORD)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        both = by_mail(port).model_copy(update={"webhook": BY_WEBHOOK.webhook})
        assert send(ALERT, both) == Sent(["e-mail"], ["webhook: the server answered 404"])
    assert len(got) == 1


def test_a_webhook_that_hangs_keeps_no_mail_from_being_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.orchestration.alerts.DEADLINE_S", 2)
    with hanging() as address, mail_server(tmp_path, starttls=True) as (port, trusted, got):
        monkeypatch.setenv("HOOK", address)
        monkeypatch.setenv("MAIL", PASSWORD)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        both = by_mail(port).model_copy(update={"webhook": BY_WEBHOOK.webhook})
        began = time.monotonic()
        assert send(ALERT, both) == Sent(["e-mail"], ["webhook: no answer within 2 s"])
        assert time.monotonic() - began < 4
    assert len(got) == 1


def test_one_message_to_a_webhook_that_hangs_is_one_attempt_that_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What it was sent it may have taken. With what a look sends before, it ends before Dagster gives it up."""
    assert alerts.CONNECT_S + alerts.ANSWER_S < alerts.DEADLINE_S
    assert default_sensor_grpc_timeout() > LOOK_S + alerts.DEADLINE_S
    monkeypatch.setattr("pipelines.orchestration.alerts.ANSWER_S", 0.5)
    with hanging() as address:
        monkeypatch.setenv("HOOK", address)
        began = time.monotonic()
        with pytest.raises(NotSent, match="webhook: ") as error:
            send(ALERT, BY_WEBHOOK)
        assert time.monotonic() - began < 1.5
    assert "secret-of-the-webhook" not in str(error.value)


def test_a_busy_webhook_does_not_say_how_long_is_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    began = time.monotonic()
    with webhook(429, retry_after=60) as (address, got):
        monkeypatch.setenv("HOOK", address)
        assert send(ALERT, BY_WEBHOOK).ways == ["webhook"]
    assert len(got) == 2
    assert time.monotonic() - began < 10


def test_only_what_is_asked_for_is_sent() -> None:
    assert send(ALERT, Alerts(webhook=FromEnvironment(env="HOOK"), about=["failed_run"])) == Sent()
    assert send(ALERT, Alerts()) == Sent()
