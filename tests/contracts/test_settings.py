"""caseload.yaml: what it says, and errors that say where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.common.paths import Places
from pipelines.contracts.contract import ContractError
from pipelines.contracts.settings import Settings, load
from tests.command import ROOT


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "caseload.yaml").write_text(text, encoding="utf-8")
    return load(Places(folder / "raw", folder / "warehouse"))


def test_all_of_it_may_be_left_out(tmp_path: Path) -> None:
    assert load(Places(tmp_path / "raw", tmp_path / "warehouse")) == Settings()
    assert settings_of(tmp_path, "# nothing yet\n") == Settings()
    assert Settings().arrivals.on
    assert not Settings().alerts.is_on


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("publish: by_hand\n")
    monkeypatch.setenv("CASELOAD_SETTINGS", str(elsewhere))
    assert load(Places(tmp_path / "raw", tmp_path / "warehouse")).publish == "by_hand"


def test_the_example_of_the_documentation_is_valid(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/operate.md").read_text(encoding="utf-8")
    [example] = [block for block in page.split("```yaml\n")[1:] if block.startswith("# caseload.yaml")]
    settings = settings_of(tmp_path, example.partition("```")[0])
    assert settings.alerts.is_on
    assert settings.poll
    assert settings.model_fields_set == Settings.model_fields.keys()  # it shows every word


def test_without_a_poll_files_may_rest_as_long_as_one_likes(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "arrivals: {settle_seconds: 900}").arrivals.settle_seconds == 900
    assert settings_of(tmp_path, "arrivals: {settle_seconds: 30}\npoll: {cron: '0 6 * * *'}").poll


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("arrivals: {evry_seconds: 3}", "line 1, arrivals.evry_seconds: is not a word"),
        ("\narrivals:\n  every_seconds: 0", "line 3, arrivals.every_seconds: input should be greater"),
        (
            "poll: {cron: 'every day'}",
            "line 1, poll.cron: 'every day' has 2 fields, and a cron expression has five",
        ),
        ("poll: {cron: '61 6 * * *'}", "'61' is no minute of a cron expression: it is from 0 to 59"),
        ("poll: {cron: '0 6 31 2 *'}", "'0 6 31 2 *' never comes: no such month has a day 31"),
        ("poll: {cron: '0 6 * * monday'}", "'monday' is no day of the week of a cron expression"),
        ("poll: {cron: '0 6 * * *', timezone: Seoul}", "'Seoul' is not the name of a time zone"),
        (
            "arrivals: {settle_seconds: 31}\npoll: {cron: '0 6 * * *'}",
            "line 2, poll: a poll cannot wait until files have rested for 31 seconds; say `settle_seconds: 30`",
        ),
        ("publish: never", "line 1, publish: "),
        ("alerts: {webhook: 'https://example.org/secret'}", "line 1, alerts.webhook: "),
        ("alerts: {about: [everything]}", "line 1, alerts.about.0: "),
        ("alerts: {email: {host: h, sender: a, to: []}}", "line 1, alerts.email.to: "),
        ("alerts: {email: {host: h, sender: a, to: [b], user: u}}", "user and password go together"),
        (
            "alerts: {email: {host: h, sender: a, to: [b], user: u, password: {env: P}, security: none}}",
            "a password is sent over a connection that is secured",
        ),
    ],
)
def test_an_error_says_where_and_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ContractError) as error:
        settings_of(tmp_path, text)
    assert said in str(error.value)
