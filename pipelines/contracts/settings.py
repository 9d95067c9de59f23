"""``caseload.yaml``: how an installation is operated. All of it may be left out.

It stands beside the folder ``raw/``, or where ``CASELOAD_SETTINGS`` says. Secrets are not written into it:
it names the environment variables that hold them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from pipelines.common.paths import Places
from pipelines.contracts import cron, documents
from pipelines.contracts.word_types import Words

POLL_SETTLE_S = 30
"""How long a poll may wait until files rest: if nothing else is said, Dagster gives it 60 s."""

AlertKind = Literal["failed_run", "quarantined_export", "failed_check", "late_release", "invalid_contract"]


def _timezone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"'{name}' is not the name of a time zone, such as `Asia/Seoul`") from None
    return name


Cron = Annotated[str, AfterValidator(cron.checked)]
TimeZone = Annotated[str, AfterValidator(_timezone)]


class FromEnvironment(Words):
    """A secret, by the name of the environment variable that holds it."""

    env: str = Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$", description="The variable's name.")

    def value(self) -> str:
        """Raises LookupError when the variable is not set."""
        found = os.environ.get(self.env)
        if not found:
            raise LookupError(f"the environment variable {self.env}, which caseload.yaml names, is not set")
        return found


class Arrivals(Words):
    """Seeing exports that are new or changed."""

    on: bool = Field(True, description="Look for exports and read them as they come.")
    every_seconds: int = Field(30, ge=1, description="How often to look.")
    settle_seconds: int = Field(
        10,
        ge=0,
        description="How long all files of a source must have stayed as they are before one is read; "
        f"{POLL_SETTLE_S} at most where there is a `poll`.",
    )


class Poll(Words):
    """Looking at all sources at fixed times, where arrivals are not looked for all the time."""

    cron: Cron = Field(description="When, as a cron expression of five fields.")
    timezone: TimeZone = Field("UTC", description="In which time zone.")


class Email(Words):
    """Where e-mails are sent from and to."""

    host: str = Field(description="The mail server.")
    port: int = Field(587, ge=1, le=65535, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`none` is for a server on this machine."
    )
    sender: str = Field(description="The address that they come from.")
    to: Annotated[list[str], Field(min_length=1)] = Field(description="The addresses that they go to.")
    user: str | None = Field(None, description="The name to sign in with, if the server asks.")
    password: FromEnvironment | None = Field(None, description="The password to sign in with.")

    @model_validator(mode="after")
    def _both(self) -> Email:
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password go together")
        if self.security == "none" and self.password:
            raise ValueError("a password is sent over a connection that is secured, with starttls or tls")
        return self


class Alerts(Words):
    """Whom to tell when something is wrong or late."""

    webhook: FromEnvironment | None = Field(
        None, description='An address that takes `{"text": …}`, as Slack\'s incoming webhooks do.'
    )
    email: Email | None = Field(None, description="A mail server.")
    about: list[AlertKind] = Field(
        ["failed_run", "quarantined_export", "failed_check", "late_release", "invalid_contract"],
        description="What to tell of.",
    )

    @property
    def is_on(self) -> bool:
        return bool((self.webhook or self.email) and self.about)


class Retries(Words):
    """Trying again what can pass: locks, and reading and writing of files."""

    attempts: int = Field(3, ge=0, le=20, description="How many times a step is tried again.")
    wait_seconds: int = Field(
        10, ge=0, le=3600, description="Before the first time; twice as long before each further one."
    )


class Settings(Words):
    """How an installation is operated."""

    arrivals: Arrivals = Field(Arrivals(), description="Seeing exports that are new or changed.")
    poll: Poll | None = Field(None, description="Looking at all sources at fixed times.")
    publish: Literal["automatically", "by_hand"] = Field(
        "automatically", description="Build, audit and publish after observations have changed, or only when "
        "somebody runs it."
    )  # fmt: skip
    retries: Retries = Field(Retries(), description="Trying again what can pass.")
    alerts: Alerts = Field(Alerts(), description="Whom to tell when something is wrong or late.")

    @field_validator("poll")
    @classmethod
    def _settles_in_time(cls, poll: Poll | None, before: ValidationInfo) -> Poll | None:
        settle = before.data.get("arrivals", Arrivals()).settle_seconds
        if poll and settle > POLL_SETTLE_S:
            raise ValueError(
                f"a poll cannot wait until files have rested for {settle} seconds; say `settle_seconds: "
                f"{POLL_SETTLE_S}` or less below `arrivals`, or leave `poll` out: the sensors of arrivals "
                "wait as long as they are told"
            )
        return poll


_WORDS = documents.words_of(Settings, Arrivals, Poll, Alerts, Email, Retries, FromEnvironment)


def load(places: Places) -> Settings:
    """The settings of an installation. Raises ContractError with every problem found."""
    return read(places.settings)


def read(path: Path) -> Settings:
    """The settings in a file, which need not be there. Raises ContractError with every problem found."""
    if not path.is_file():
        return Settings()
    document = documents.read(path)
    if document.content is None:
        return Settings()
    return document.validated(Settings, _WORDS)
