"""The peers, each in an environment of its own under .venv-peers, made once. None is our dependency."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / ".venv-peers"
PATIENCE = 600  # seconds for one installation
PIP = ["-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "20"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A library that reads dates in Chinese text: `packages[0]`; its adapter is the module read_ADAPTER."""

    name: str
    adapter: str
    packages: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name and version."""
        return f"{self.name} {self.packages[0].partition('==')[2]}"


PEERS = (
    Peer(name="time-parser-zh", adapter="time_parser_zh", packages=("time-parser-zh==1.0.0",)),
    Peer(name="JioNLP", adapter="jionlp", packages=("jionlp==1.5.31",)),
    Peer(name="dateparser", adapter="dateparser", packages=("dateparser==1.5.0",)),
    Peer(
        name="recognizers-text",
        adapter="recognizers",
        # it imports a name that emoji 2 no longer has
        packages=("recognizers-text-date-time==1.0.2a2", "emoji<2"),
    ),
)


class NotInstalled(Exception):
    """The peer's environment could not be made; says why, in a line."""


def python_of(peer: Peer) -> str:
    """The interpreter of the peer's environment, which is made once. Raises NotInstalled."""
    folder = FOLDER / peer.adapter
    python, stamp = folder / "bin" / "python", folder / ".stamp"
    wanted = "\n".join((str(folder), sys.version, *peer.packages))
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        print(f"installing {peer.title} into {folder.relative_to(ROOT)}", file=sys.stderr)
        stamp.unlink(missing_ok=True)
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        _run(str(python), *PIP, *peer.packages)
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)


def _run(*command: str) -> None:
    try:
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
    except subprocess.CalledProcessError as error:
        raise NotInstalled(((error.stderr or error.stdout).strip() or str(error)).splitlines()[-1]) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
