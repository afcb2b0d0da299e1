"""One item as rows or paragraphs give it, before its deadlines are read."""

from __future__ import annotations

from dataclasses import dataclass, field

from duban.model import Origin, UnitNames
from duban.reading.grid import NOWHERE, Place


@dataclass(slots=True)
class Entry:
    """One item before its deadlines are read. Units that the document lost are None, a lost text is []."""

    number: int | None
    heading: str = ""
    subheading: str = ""
    said: tuple[str, str] = ("", "")  # what the heading columns alone say
    texts: list[str] = field(default_factory=list)
    names: UnitNames | None = None
    own_names: bool = True  # not carried down from the row above
    steps: str = ""  # what is to be done in which month or quarter, whose time is read with `time`
    time: str = ""
    own_time: bool = True
    place: Place = NOWHERE
    torn: bool = False
    shared: bool = False  # a number cell from above covers its row
    own_text: bool = True
    odd_number: bool = False  # 1.1, A-3: a row's own number, and no whole one
    origins: list[Origin] = field(default_factory=list)

    def origins_of(self, *fields: str) -> list[Origin]:
        """The pieces that these fields were read from."""
        return [origin for origin in self.origins if origin.field in fields]
