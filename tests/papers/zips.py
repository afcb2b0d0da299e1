"""Zips by hand, and what goes wrong with them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping


def packed(parts: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of named parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def mutated(data: bytes, seed: int) -> bytes:
    """The bytes with some changed, left out or doubled, or cut off: what bad lines and bad minds make."""
    chance = random.Random(seed)
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(made))
        match chance.randrange(5):
            case 0:
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                made[at] = chance.randrange(256)
            case 2:
                del made[at : at + chance.randrange(1, 40)]
            case 3:
                made[at:at] = made[at : at + chance.randrange(1, 40)]
            case 4 if chance.random() < 0.2:
                del made[max(at, 1) :]
        if not made:
            return b"\0"
    return bytes(made)
