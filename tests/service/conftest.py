"""The service as `deploy/` describes it: its units' own commands, with a Postgres of the test's own."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.command import NOI, ROOT
from tests.receivers import free_port, webhook

DEPLOY = ROOT / "deploy"
UNITS = ("code", "daemon", "webserver")


def missing(message: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def wait_for(what: Callable[[], object], seconds: float, said: str) -> object:
    """The first true answer, asked for again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError, ValueError, LookupError, duckdb.IOException):
            if found := what():
                return found
        time.sleep(0.5)
    pytest.fail(f"waited {seconds:g} s for {said}")


@dataclass
class Postgres:
    """A server of our own, started again after it was killed."""

    binaries: Path
    folder: Path
    user: dict[str, Any]
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql+psycopg2://caseload@127.0.0.1:{self.port}/caseload"

    def start(self) -> None:
        with (self.folder / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c",
                 "listen_addresses=127.0.0.1", "-p", str(self.port), "-c", "fsync=off"],
                stdout=log, stderr=log, cwd=self.folder, start_new_session=True, **self.user,
            )  # fmt: skip
        ready = [self.binaries / "pg_isready", "--host", "127.0.0.1", "--port", str(self.port)]
        wait_for(
            lambda: subprocess.run(ready, check=False, capture_output=True).returncode == 0, 60, "Postgres"
        )

    def kill(self) -> None:
        """The server and the processes of its connections, at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Service:
    """A folder with ``raw``, ``warehouse`` and Dagster's home, and the processes of the three units."""

    folder: Path
    postgres: Postgres
    code_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    """How often each unit was started."""

    @property
    def raw(self) -> Path:
        return self.folder / "raw" / NOI

    @property
    def published(self) -> Path:
        return self.folder / "warehouse/caseload.duckdb"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What `deploy/caseload.env` sets, for this folder."""
        example = (DEPLOY / "caseload.env").read_text(encoding="utf-8")
        names = re.findall(r"^(\w+)=", example, re.M)
        assert names == [
            "CASELOAD_RAW", "CASELOAD_WAREHOUSE", "CASELOAD_SETTINGS", "DAGSTER_HOME", "CASELOAD_POSTGRES_URL",
            "DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS", "DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS",
        ]  # fmt: skip
        values = [
            self.folder / "raw", self.folder / "warehouse", self.folder / "caseload.yaml", self.folder / "dagster",
            self.postgres.url, 600, 600,
        ]  # fmt: skip
        return {**os.environ, **{name: str(value) for name, value in zip(names, values, strict=True)}}

    def option(self, unit: str, name: str) -> str:
        """What a unit's file says."""
        text = (DEPLOY / f"systemd/caseload-{unit}.service").read_text(encoding="utf-8")
        [value] = re.findall(rf"^{name}=(.*)$", text, re.M)
        return value

    def command(self, unit: str) -> list[str]:
        """A unit's own command, with the folders and ports of the test."""
        command = self.option(unit, "ExecStart")
        ours = {
            "/opt/caseload": str(ROOT), "/etc/caseload/workspace.yaml": str(self.folder / "workspace.yaml"),
            "--port 4266": f"--port {self.code_port}", "--port 3000": f"--port {self.web_port}",
        }  # fmt: skip
        for theirs, mine in ours.items():
            command = command.replace(theirs, mine)
        return command.split()

    def start(self, unit: str) -> None:
        with (self.folder / f"{unit}.log").open("ab") as log:
            self.processes[unit] = subprocess.Popen(
                self.command(unit), env=self.environment, cwd=self.folder, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.starts[unit] = self.starts.get(unit, 0) + 1

    def supervise(self, done: threading.Event) -> None:
        """Start units that have ended by themselves again, as systemd does and their files say."""
        while not done.wait(0.5):
            for unit, process in list(self.processes.items()):
                if process.poll() is not None and self.option(unit, "Restart") == "always":
                    done.wait(float(self.option(unit, "RestartSec")))
                    if self.processes.get(unit) is process and not done.is_set():
                        self.start(unit)

    def kill(self, unit: str) -> None:
        """All processes of a unit, at once."""
        process = self.processes.pop(unit)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-4000:] for path in self.folder.glob("*.log"))


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        missing("no Chromium on this machine: apt-get install chromium")
    return str(found)


@contextmanager
def _postgres(folder: Path) -> Iterator[Postgres]:
    """A server with an empty database; Postgres does not run as root."""
    found = shutil.which("initdb") or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None
    )
    if not found:
        missing("no Postgres on this machine: apt-get install postgresql")
    binaries = Path(str(found)).resolve().parent
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        try:
            who = pwd.getpwnam("postgres")
        except KeyError:
            missing("root cannot run Postgres, and there is no user `postgres`")
        user = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        os.chown(folder, who.pw_uid, who.pw_gid)
    subprocess.run(
        [binaries / "initdb", "--pgdata", folder / "data", "--username", "caseload", "--auth", "trust", "--no-sync"],
        check=True, capture_output=True, cwd=folder, **user,
    )  # fmt: skip
    server = Postgres(binaries, folder, user)
    server.start()
    try:
        subprocess.run(
            [binaries / "createdb", "--host", "127.0.0.1", "--port", str(server.port), "--username", "caseload",
             "caseload"],
            check=True, capture_output=True,
        )  # fmt: skip
        yield server
    finally:
        server.process.send_signal(signal.SIGINT)
        server.process.wait(30)


@pytest.fixture(scope="session")
def alerts() -> Iterator[list[dict[str, Any]]]:
    """What the webhook was sent; its address is in the environment of the units."""
    with webhook() as (address, got):
        os.environ["CASELOAD_WEBHOOK"] = address
        yield got
        del os.environ["CASELOAD_WEBHOOK"]


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, alerts: list) -> Iterator[Service]:
    """The three units, started on a folder with a contract and no export yet."""
    folder = tmp_path_factory.mktemp("service")
    # Not in pytest's folders: they are closed to other users, and closed again by each pytest that starts.
    with tempfile.TemporaryDirectory(prefix="caseload_postgres_") as data, _postgres(Path(data)) as postgres:
        running = Service(folder, postgres)
        for name in ("raw", "warehouse", "dagster"):
            (folder / name).mkdir()
        running.raw.mkdir()
        shutil.copy(ROOT / "raw" / NOI / "source.yaml", running.raw)
        shutil.copy(DEPLOY / "dagster.yaml", folder / "dagster/dagster.yaml")
        workspace = (DEPLOY / "workspace.yaml").read_text(encoding="utf-8")
        (folder / "workspace.yaml").write_text(workspace.replace("4266", str(running.code_port)))
        (folder / "caseload.yaml").write_text(
            "arrivals: {every_seconds: 2, settle_seconds: 2}\nalerts: {webhook: {env: CASELOAD_WEBHOOK}}\n"
        )
        done = threading.Event()
        supervisor = threading.Thread(target=running.supervise, args=[done])
        try:
            for unit in UNITS:
                running.start(unit)
            supervisor.start()
            wait_for(
                lambda: urllib.request.urlopen(f"{running.address}/server_info").status == 200, 90, "the page"
            )
            yield running
        finally:
            done.set()
            supervisor.join()
            for unit in list(running.processes):
                running.kill(unit)
