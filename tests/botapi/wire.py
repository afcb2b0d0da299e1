"""A request's body → parameters (core.telegram.org/bots/api#making-requests)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from botapi.refusal import bad

Json = dict[str, Any]

_DISPOSITION = re.compile(r'(?:^|[;\s])(name|filename)="((?:[^"\\]|\\.)*)"')
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    body: bytes
    mime: str


@dataclass
class Params:
    """A call's parameters, by name, and its files."""

    values: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def raw(self, name: str) -> Any:
        """As it was sent, or None."""
        return self.values.get(name)

    def text(self, name: str) -> str:
        """A string, "" where it is missing."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str, default: int = 0) -> int:
        """An integer. Raises Refusal 400."""
        value = self.values.get(name)
        if value in (None, ""):
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        """A boolean."""
        return str(self.values.get(name, "")).lower() in ("true", "1", "yes")

    def json(self, name: str) -> Any:
        """An object or an array, sent as JSON text or within a JSON body. Raises Refusal 400."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            return value or None
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """A file of this name, or the one that attach://… points to."""
        said = self.text(name)
        return self.files.get(said.removeprefix("attach://") if said.startswith("attach://") else name)


def read(query: str, content_type: str, body: bytes) -> Params:
    """All four ways in which the Bot API takes parameters. Raises Refusal 400."""
    params = Params(dict(parse_qsl(query, keep_blank_values=True)))
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json" and body:
            params.values |= json.loads(body)
        elif kind == "application/x-www-form-urlencoded":
            params.values |= parse_qsl(body.decode(), keep_blank_values=True)
        elif kind == "multipart/form-data":
            _multipart(params, content_type, body)
    except (ValueError, TypeError):
        raise bad("can't parse the request's body") from None
    return params


def _multipart(params: Params, content_type: str, body: bytes) -> None:
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise ValueError(content_type)
    parts = (b"\r\n" + body).split(b"\r\n--" + found[1].encode())
    for part in parts[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head.decode().split("\r\n"))
        }
        names = dict(_DISPOSITION.findall(headers.get("content-disposition", "")))
        if "filename" in names:
            mime = headers.get("content-type", "application/octet-stream")
            params.files[names["name"]] = Upload(names["filename"], content, mime)
        else:
            params.values[names["name"]] = content.decode()
