"""HTML files by hand, and web archives around them."""

from __future__ import annotations

import base64
import quopri


def page(body: str, *, head: str = "", encoding: str = "utf-8") -> bytes:
    """A page that says its encoding, and has it."""
    text = f'<html><head><meta charset="{encoding}">{head}</head><body>{body}</body></html>'
    return text.encode("gb18030" if encoding == "gb2312" else encoding)


def table(*rows: str, more: str = "") -> str:
    """A table; a row that is no HTML is cells between bars: 1|甲|6月."""
    inner = (one if one.startswith("<") else tr(*one.split("|")) for one in rows)
    return f"<table {more}>{''.join(inner)}</table>"


def tr(*cells: str, more: str = "") -> str:
    """A row; a cell that is no <td> or <th> is put into one."""
    inner = (one if one.startswith(("<td", "<th")) else f"<td>{one}</td>" for one in cells)
    return f"<tr {more}>{''.join(inner)}</tr>"


def td(text: str, more: str = "") -> str:
    """A cell with attributes."""
    return f"<td {more}>{text}</td>"


def mhtml(*parts: tuple[str, bytes], way: str = "quoted-printable", charset: str = "utf-8") -> bytes:
    """A web archive as Word and Excel save it: (name, page)."""
    lines = [b"MIME-Version: 1.0", b'Content-Type: multipart/related; boundary="----=_x"', b"", b"Read", b""]
    for name, body in parts:
        written = quopri.encodestring(body) if way == "quoted-printable" else base64.encodebytes(body)
        lines += [b"------=_x", f"Content-Location: file:///C:/x/{name}".encode()]
        lines += [f"Content-Transfer-Encoding: {way}".encode()]
        lines += [f'Content-Type: text/html; charset="{charset}"'.encode(), b"", written, b""]
    return b"\r\n".join([*lines, b"------=_x--", b""])
