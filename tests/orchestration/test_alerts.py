"""Alerts that really arrive: at a webhook and at a mail server on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contracts.settings import Alerts, Email, FromEnvironment
from pipelines.orchestration.alerts import Alert, NotSent, send, slack_text
from tests.receivers import PASSWORD, USER, mail_server, webhook

ALERT = Alert("quarantined_export", "Quarantined exports of series", ["n.csv, row 3: 'x' is not a number"])
BY_WEBHOOK = Alerts(webhook=FromEnvironment(env="HOOK"))


def by_mail(port: int, **words: object) -> Alerts:
    given = {"security": "starttls", "user": USER, "password": {"env": "MAIL"}} | words
    mail = {"host": "localhost", "port": port, "sender": USER, "to": ["a@example.org", "b@example.org"]}
    return Alerts(email=Email.model_validate(mail | given))


def test_a_webhook_gets_the_text_in_slacks_format(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook() as (address, got):
        monkeypatch.setenv("HOOK", address)
        assert send(ALERT, BY_WEBHOOK)
    assert got == [{"text": "*Quarantined exports of series*\n• n.csv, row 3: 'x' is not a number"}]


def test_what_an_export_says_is_no_markup_and_stays_short() -> None:
    found = ["<!channel> & <https://example.org|look>\nsecond line", *(f"row {n}" for n in range(20))]
    lines = slack_text(Alert("failed_run", "Failed", found)).splitlines()
    assert lines[1] == "• &lt;!channel&gt; &amp; &lt;https://example.org|look&gt; second line"
    assert (len(lines), lines[-1]) == (12, "• … and 11 more")


def test_a_server_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with webhook(503, 429) as (address, got):
        monkeypatch.setenv("HOOK", address)
        assert send(ALERT, BY_WEBHOOK)
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
        assert send(ALERT, by_mail(port, security=security))
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


def test_where_one_way_fails_the_other_is_still_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with webhook(404) as (address, _), mail_server(tmp_path, starttls=True) as (port, trusted, got):
        monkeypatch.setenv("HOOK", address)
        monkeypatch.setenv("MAIL", PASSWORD)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        both = by_mail(port).model_copy(update={"webhook": BY_WEBHOOK.webhook})
        with pytest.raises(NotSent, match=r"webhook: the server answered 404$"):
            send(ALERT, both)
    assert len(got) == 1


def test_only_what_is_asked_for_is_sent() -> None:
    assert not send(ALERT, Alerts(webhook=FromEnvironment(env="HOOK"), about=["failed_run"]))
    assert not send(ALERT, Alerts())
