"""Where the shipped templates and data are: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_SHIPPED = Path(__file__).parent / "_shipped"
_CHECKOUT = Path(__file__).resolve().parents[2]


@cache
def root() -> Path:
    """The folder that holds templates/ and data/."""
    return _SHIPPED if _SHIPPED.is_dir() else _CHECKOUT


def checkout() -> Path | None:
    """The top folder of the checkout that this runs from, or None when installed from a wheel."""
    return _CHECKOUT if not _SHIPPED.is_dir() and (_CHECKOUT / "pyproject.toml").is_file() else None


def templates() -> Path:
    """The folder of every word that a user reads."""
    return root() / "templates"


def data(name: str) -> Path:
    """A folder or file of shipped facts, such as "units" or "calendar"."""
    return root() / "data" / name
