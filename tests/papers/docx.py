"""docx files by hand: a zip of XML strings, one function an element."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from papers.zips import packed

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


def docx(
    *body: str,
    numbering: str = "",
    styles: str = "",
    headers: tuple[str, ...] = (),
    footers: tuple[str, ...] = (),
    parts: Mapping[str, str | bytes] | None = None,
    strict: bool = False,
    main: str = "word/document.xml",
) -> bytes:
    """A file whose body is `body`. `parts` are added as they are."""
    made: dict[str, str | bytes] = {main: part("document", f"<w:body>{''.join(body)}<w:sectPr/></w:body>")}
    found = {"styles": styles, "numbering": numbering}
    made |= {f"word/{kind}.xml": part(kind, content) for kind, content in found.items() if content}
    for kind, tag, contents in (("header", "hdr", headers), ("footer", "ftr", footers)):
        made |= {f"word/{kind}{i}.xml": part(tag, one) for i, one in enumerate(contents, 1)}
    folder, _, name = main.rpartition("/")
    links = [(one.rpartition("/")[2].rstrip(".xml0123456789"), f"/{one}") for one in made if one != main]
    made[f"{folder}/_rels/{name}.rels"] = relations(*links)
    made["_rels/.rels"] = relations(("officeDocument", main))
    made |= parts or {}
    if strict:
        made = {k: v.replace(W, STRICT) if isinstance(v, str) else v for k, v in made.items()}
    return packed(made)


def part(tag: str, content: str) -> str:
    """An XML part with all namespaces."""
    return f"{_HEAD}<w:{tag} {_SPACES}>{content}</w:{tag}>"


def relations(*links: tuple[str, str]) -> str:
    """A .rels part: (kind, target)."""
    items = "".join(
        f'<Relationship Id="rId{i}" Type="{R}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(links, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'


def r(text: str, props: str = "") -> str:
    """A run."""
    return f"<w:r>{f'<w:rPr>{props}</w:rPr>' if props else ''}{t(text)}</w:r>"


def t(text: str) -> str:
    """The text of a run."""
    return f'<w:t xml:space="preserve">{escape(text)}</w:t>'


def p(*content: str, num: str = "", level: int | None = None, style: str = "", mark: str = "") -> str:
    """A paragraph; content that is no XML is a run. `num` is the list's numId, `mark` the rPr of its end."""
    props = f'<w:pStyle w:val="{style}"/>' if style else ""
    if num or level is not None:
        inner = "" if level is None else f'<w:ilvl w:val="{level}"/>'
        inner += f'<w:numId w:val="{num}"/>' if num else ""
        props += f"<w:numPr>{inner}</w:numPr>"
    props += f"<w:rPr>{mark}</w:rPr>" if mark else ""
    runs = (one if one.startswith("<") else r(one) for one in content if one)
    return f"<w:p>{f'<w:pPr>{props}</w:pPr>' if props else ''}{''.join(runs)}</w:p>"


def tc(*content: str, span: int | str = "", merge: str | None = None, props: str = "") -> str:
    """A cell; content that is no XML is a paragraph. `merge`: restart, continue, "" for a bare w:vMerge."""
    props += f'<w:gridSpan w:val="{span}"/>' if span else ""
    if merge is not None:
        props += f'<w:vMerge w:val="{merge}"/>' if merge else "<w:vMerge/>"
    inner = "".join(one if one.startswith("<") else p(one) for one in content) or "<w:p/>"
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{inner}</w:tc>"


def tr(*cells: str, props: str = "") -> str:
    """A row; a cell that is no XML is one with a paragraph."""
    inner = "".join(one if one.startswith("<w:") else tc(one) for one in cells)
    return f"<w:tr>{f'<w:trPr>{props}</w:trPr>' if props else ''}{inner}</w:tr>"


def tbl(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def sdt(*content: str, props: str = "") -> str:
    """A content control around anything."""
    return f"<w:sdt><w:sdtPr>{props}</w:sdtPr><w:sdtContent>{''.join(content)}</w:sdtContent></w:sdt>"


def ins(*content: str) -> str:
    """Inserted with changes tracked."""
    return f'<w:ins w:id="1" w:author="a">{"".join(content)}</w:ins>'


def field(instruction: str, result: str | None) -> str:
    """A complex field; without a result part where `result` is None."""
    shown = "" if result is None else f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{r(result)}'
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f"<w:r><w:instrText>{escape(instruction)}</w:instrText></w:r>{shown}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def box(*content: str) -> str:
    """A text box as Word writes it: twice, once for readers of old."""
    inner = f"<w:txbxContent>{''.join(content)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        f"<wps:txbx>{inner}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def level(at: int, text: str, fmt: str = "decimal", more: str = "", start: int = 1) -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def abstract(key: str, *levels: str) -> str:
    """A definition of a list."""
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def num(key: str, of: str, *overrides: str) -> str:
    """A list that uses a definition."""
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{of}"/>{"".join(overrides)}</w:num>'


def afresh(at: int, start: int) -> str:
    """An override: the list starts afresh at a level."""
    return f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start}"/></w:lvlOverride>'


def style(
    key: str, *, name: str = "", based: str = "", ppr: str = "", rpr: str = "", kind: str = "paragraph"
) -> str:
    """A style."""
    return (
        f'<w:style w:type="{kind}" w:styleId="{key}"><w:name w:val="{name or key}"/>'
        + (f'<w:basedOn w:val="{based}"/>' if based else "")
        + (f"<w:pPr>{ppr}</w:pPr>" if ppr else "")
        + (f"<w:rPr>{rpr}</w:rPr>" if rpr else "")
        + "</w:style>"
    )
