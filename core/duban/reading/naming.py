"""What a document is called: which of its first lines are its title, and which are letterhead or portal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from duban.reading.issue import is_dated
from duban.reading.marks import is_closing
from duban.reading.menus import without_menus
from duban.reading.outline import mark_of
from duban.reading.pasted import is_around
from duban.reading.tidy import tidy
from duban.units.forms import looks_like_unit

_NAME = re.compile(
    r"方案|分工|台账|要点|任务|分解|清单|计划|一览表|责任表|举措|措施|通知|意见|安排|汇总表|明细表"
)
_NO_TITLE = re.compile(
    r"^(?:附\s*件\s*[0-9一二三四五六七八九十]*[：:.]?"
    r"|.{0,16}[〔\[［（(]\s*(?:19|20)\d{2}\s*[〕\]］）)]\s*\d+\s*号|.*[：:]|.*。|页.*|目\s*[录次]|.*(?:…{2,}|\.{4,}|·{4,})\s*[0-9]*)$"
)
_FURNITURE = re.compile(
    r"(?:发布|更新)(?:时间|日期)[：:]|(?:浏览|阅读|点击)(?:次数|量)|来源[：:]|[>＞»]|^首页|^(?:现将|经.{0,20}(?:同意|批准))"
)
# Of the paper, not of the document: 某某县人民政府文件, 会议材料, 签发人
_HEAD = re.compile(r"^.{2,30}文件$|^签发人|^(?:特急|加急|平急|特提)$")
_LETTERHEAD = re.compile(r"(?P<unit>.{2,30}?)(?:会议|内部|办公|学习|工作)?(?:文件|资料|材料|公文|用笺|简报)+")
_VERSION = re.compile(  # beneath a title: （征求意见稿）
    r"[（(\[【](?:[^（()）]{0,10}稿|[^（()）]{0,8}(?:修订版|更新版?|汇总版?|定稿版?)|第?[0-9一二三四五六七八九十]{1,2}[版稿])[)）\]】]"
)
_DRAFT = re.compile(r"[（(][^（()）]{0,10}稿[)）]$")
_FIELD = re.compile(r"^(?P<label>[\u4e00-\u9fff](?:\s*[\u4e00-\u9fff]){1,6})\s*[：:]\s*(?P<value>\S.*)$")
_CALLED = re.compile(r"(?:文件|信息)?(?:名称|标题)|主题")
_CAPTION = re.compile(r"附?表\s*[0-9０-９一二三四五六七八九十]{1,2}(?![0-9年月])")  # 表一　基础设施类
_SENTENCE = re.compile(r"[，,；;。！!？?]")
_FILE = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|txt|csv|html?|rar|zip)(?:\b|$)", re.IGNORECASE)
_LETTER = re.compile(r"(?:印发|下发|转发|公布|报送).*(?:的?通知|的?函|的?报告)$|的?通知$")
_SITE = re.compile(r"[_|｜]|\s[-–—]+\s|-{2,}")
_LONGEST = 80
_SHORT = 8


def title_of(lines: Sequence[str], page: str = "") -> str:
    """The first lines that belong together and name a document; broken over lines they are joined.

    Where a letter hands on the document, the document's own title, not the letter's. `page`: what the file
    calls itself outside of its text, which counts where no line is a name.
    """
    own = _titles(lines, strict=True)
    if named := [title for title in own if _NAME.search(title) and len(title) <= _LONGEST * 2]:
        if _LETTER.search(named[0]):
            named.sort(key=lambda title: bool(_LETTER.search(title)))
        whole = re.sub(r"\s", "", page)
        named.sort(key=lambda title: not (len(title) > _SHORT and re.sub(r"\s", "", title) in whole))
        return _DRAFT.sub("", named[0])
    called = [field["value"] for field in map(_field, lines) if field and _NAME.search(field["value"])]
    parts = [part.strip() for part in _SITE.split(page) if _NAME.search(part)]
    loose = _titles(lines, strict=False)
    named = [title for title in loose if _NAME.search(title) and len(title) <= _LONGEST * 2]
    return next(iter([*called, *parts, *named, *own, *loose, page.strip()]), "")


def file_title(file: str) -> str:
    """A file's name as a title: on one line, without its extension and without marks that turn text round."""
    return " ".join(
        re.sub(
            r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", " ", PurePath(file).stem
        ).split()
    )


def _titles(lines: Sequence[str], *, strict: bool) -> list[str]:
    """Runs of lines that can be a title. `strict`: no sentence, no field of a form, no file's name."""
    runs: list[list[str]] = [[]]
    for text in _lines(lines):
        if not text or _no_title(text) or (strict and _no_name(text)):
            runs.append([])
        elif len(text) <= _LONGEST:
            runs[-1].append(text)
    return ["".join(run) for run in runs if run]


def _lines(lines: Sequence[str]) -> Iterator[str]:
    for line in without_menus(lines):
        yield tidy(line).lstrip("#").strip()


def _no_title(text: str) -> bool:
    return bool(
        _NO_TITLE.match(text)
        or is_closing(text)
        or _FURNITURE.search(text)
        or is_dated(text)
        or is_around(text)
        or _VERSION.fullmatch(text)
        or _CAPTION.match(text)
        or mark_of(text)
        or _is_letterhead(text)
    )


def _is_letterhead(text: str) -> bool:
    found = _LETTERHEAD.fullmatch(text)
    return bool(_HEAD.match(text) or (found and looks_like_unit(found["unit"])))


def _no_name(text: str) -> bool:
    return bool(_SENTENCE.search(text) or _FILE.search(text) or _FIELD.match(text))


def _field(line: str) -> re.Match[str] | None:
    """名称：某某方案, a field of a portal or a mail that says the title."""
    found = _FIELD.match(tidy(line))
    return found if found and _CALLED.fullmatch(re.sub(r"\s", "", found["label"])) else None
