"""Text files, csv and pages of HTML that are too long, too wide, or not what they say."""

from __future__ import annotations

import base64
from collections.abc import Callable

from hostile.words import SECRET

MB = 1 << 20
TITLE = "某区2026年重点工作任务分工方案\n"
HEAD = ("序号", "工作任务", "责任单位", "完成时限")
TASKS = (("1", "编制目录，6月30日前完成。", "甲局", "6月30日"), ("2", "更新指南。", "乙局", "12月底"))


def flat(*more: tuple[str, ...]) -> str:
    """A flattened table."""
    rows = "\n".join("\n".join(f"\t{cell}" for cell in row) + "\n" for row in (HEAD, *TASKS, *more))
    return f"{TITLE}\n{rows}"


def csv(*more: str) -> str:
    """The same with commas."""
    return "".join(f"{line}\n" for line in (*(",".join(row) for row in (HEAD, *TASKS)), *more))


def one_line(sign: str, size: int = 19 * MB) -> bytes:
    """One line of nothing but a sign."""
    return TITLE.encode() + (sign * (size // len(sign.encode()))).encode()


def lines(sign: str, count: int) -> bytes:
    """So many lines of a sign."""
    return TITLE.encode() + f"{sign}\n".encode() * count


def wide(count: int, separator: str) -> bytes:
    """A table of so many columns."""
    head = separator.join([*HEAD, *(f"列{i}" for i in range(count))])
    tasks = "".join(f"{n}{separator}{separator.join(['办'] * (count + 3))}\n" for n in range(1, 4))
    return f"{TITLE}{head}\n{tasks}".encode()


def long_csv(count: int) -> bytes:
    """So many rows."""
    return csv(*(f"{n},编制目录{n}。,甲局,6月30日" for n in range(3, count))).encode()


def mixed() -> bytes:
    """Half in UTF-8, half in GB18030."""
    return flat().encode() + flat().encode("gb18030")


def unclosed() -> bytes:
    """A quote that is never closed; rows after it."""
    return csv('3,"办会,丙局,6月30日', "4,办文,丁局,7月31日").encode()


def quotes() -> bytes:
    """Nothing but quotes, then 10,000 lines that each open one."""
    return (csv() + '"' * MB + "\n" + '9,"办\n' * 10_000).encode()


def formulas() -> bytes:
    """Cells that a program of tables would run."""
    rows = ("=cmd|' /C calc'!A0", "@SUM(1+1)*cmd", "+1+1", "-2+3")
    return csv(*(f"{n},{text},甲局,6月30日" for n, text in enumerate(rows, 3))).encode()


def page(*content: str, head: str = "") -> bytes:
    """A page of HTML."""
    return f"<html><head><title>t</title>{head}</head><body>{''.join(content)}</body></html>".encode()


def table(*rows: str) -> str:
    """A table of tasks, and more rows."""
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in (HEAD, *TASKS))
    return f"<p>{TITLE}</p><table>{''.join(f'<tr>{one}</tr>' for one in cells)}{''.join(rows)}</table>"


def html_laughs() -> bytes:
    """Entities upon entities."""
    steps = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "哈"}">' for i in range(10))
    return f"<!DOCTYPE html [{steps}]>{page(table(), '&l9;').decode()}".encode()


def mhtml(body: bytes, *, kind: str = "text/html", coding: str = "base64", depth: int = 0) -> bytes:
    """A page as Word saves it in one file; `depth` multiparts around it."""
    packed = base64.encodebytes(body) if coding == "base64" else body
    made = f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {coding}\n\n".encode() + packed
    for level in range(depth + 1):
        mark = f"b{level}"
        made = (
            f'Content-Type: multipart/related; boundary="{mark}"\n\n--{mark}\n'.encode()
            + made
            + f"\n--{mark}--\n".encode()
        )
    return b"MIME-Version: 1.0\n" + made


def many_parts(count: int) -> bytes:
    """An mhtml of so many parts."""
    part = b"\n--b\nContent-Type: image/png\n\nx"
    head = b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    head += b"Content-Type: text/html\n\n"
    return head + page(table()) + part * count + b"\n--b--\n"


SECRETS: dict[str, Callable[[], bytes]] = {
    "txt: a line": f"{SECRET}\n{flat()}".encode,
    "txt: the last line": f"{flat()}\n{SECRET}\n".encode,
    "txt: in GB18030": lambda: f"{SECRET}\n{flat()}".encode("gb18030"),
    "txt: with zero-width characters": f"机\u200b密★5年\n{flat()}".encode,
    "txt: in full width": f"机密★５年\n{flat()}".encode,
    "csv: a line": f"{SECRET}\n{csv()}".encode,
    "csv: a line with empty cells": f"{SECRET},,,\n{csv()}".encode,
    "csv: a cell beside others": f"000001,{SECRET},特急,\n{csv()}".encode,
    "html: a line": lambda: page(f"<p>{SECRET}</p>", table()),
    "html: in pieces": lambda: page(f"<p>{''.join(f'<span>{one}</span>' for one in SECRET)}</p>", table()),
    "html: its title": lambda: page(table()).replace(b"<title>t", f"<title>{SECRET}".encode()),
    "html: not shown": lambda: page(f'<p style="display:none">{SECRET}</p>', table()),
    "mhtml: a line": lambda: mhtml(page(f"<p>{SECRET}</p>", table())),
}
