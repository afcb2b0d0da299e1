"""Where an item comes from: fields, deadlines and units with the characters of the document, for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from duban.ledger.amending import origins_of
from duban.ledger.making import to_deadline
from duban.ledger.tables import DocumentRow, DutyRow, ItemRow
from duban.model import Duty, Origin, Role
from duban.reading.provenance import FIELDS, Mark, of_deadline, of_duty


def source(session: Session, row: ItemRow) -> dict[str, Any]:
    """The document, the place, and {"fields": [{"field", "where", "text"}], "deadlines": [{"text", "source",
    "span", "rule", "marks"}], "units": [{"name", "role", "marks"}]}; a mark is {"where", "text", "start",
    "end"}, counted in characters of its text. Without origins (imported before they were kept) no marks."""
    origins = origins_of(row)
    document = session.scalar(
        select(DocumentRow.name)
        .where(DocumentRow.plan_id == row.plan_id)
        .order_by(DocumentRow.id.desc())
        .limit(1)
    )
    return {
        "document": document if row.state == "active" else None,
        "place": row.place,
        "given": row.given,
        "fields": [_field(one) for field in FIELDS for one in origins if one.field == field],
        "deadlines": _deadlines(row, origins),
        "units": [_unit(duty, origins) for duty in row.duties],
    }


def _field(origin: Origin) -> dict[str, Any]:
    return {"field": origin.field, "where": origin.where, "text": origin.text}


def _deadlines(row: ItemRow, origins: Sequence[Origin]) -> list[dict[str, Any]]:
    """Those that the document says."""
    found = []
    for known in row.deadlines:
        if known.gone or not known.text:
            continue
        deadline = to_deadline(known)
        of_text = row.given and deadline.source == "requirement"  # the coordinator's text is in no document
        marks = () if of_text else of_deadline(origins, deadline, row.requirement)
        found.append(
            {
                "text": deadline.text,
                "source": str(deadline.source),
                "span": list(deadline.span),
                "rule": deadline.rule,
                "marks": _marks(marks),
            }
        )
    return found


def _unit(row: DutyRow, origins: Sequence[Origin]) -> dict[str, Any]:
    duty = Duty(name=row.name, role=Role(row.role), collective=row.collective, alias=row.alias)
    return {"name": row.name, "role": row.role, "marks": _marks(of_duty(origins, duty))}


def _marks(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    return [{"where": one.where, "text": one.text, "start": one.start, "end": one.end} for one in marks]
