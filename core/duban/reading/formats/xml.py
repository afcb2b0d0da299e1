"""XML from strangers, parsed: no entities, no network, no document type, no endless trees."""

from __future__ import annotations

from typing import Any

from lxml import etree

from duban.reading.errors import Broken
from duban.reading.formats.limits import TAGS, check

Element = Any  # lxml ships no types


def parse(data: bytes, *, what: str) -> Element:
    """The root element. `what` names the file in the error.

    Raises Broken for what is no XML, and for any document type: Office writes none, bombs need one.
    """
    check(data.count(b"<"), TAGS, "个标签")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise Broken(what=what) from error
    if root is None or root.getroottree().docinfo.doctype:
        raise Broken(what=what)
    return root
