"""`duban invite`: one-time links."""

from __future__ import annotations

from collections.abc import Callable

import click

from duban.errors import DubanError
from duban.ledger import directory, people
from duban.ledger.database import Session
from duban.ledger.tables import UnitRow
from duban_cli.printing import as_json, show
from duban_cli.wiring import Office, office


class WhomToInvite(DubanError):
    """请说明邀请谁：一个单位名、--all，或 --coordinator 姓名。例：duban invite 县教育体育局"""


@click.command("invite", epilog="例：duban invite 县教育体育局 --leader；duban invite --all --json")
@click.argument("unit", required=False)
@click.option("--all", "everybody", is_flag=True, help="每个还没有绑定联络员的单位一个")
@click.option("--coordinator", metavar="姓名", help="邀请督办员")
@click.option("--leader", is_flag=True, help="邀请该单位的分管领导")
@click.option("--name", default="", help="被邀请人的姓名")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.pass_context
def invite_command(
    ctx: click.Context,
    unit: str | None,
    everybody: bool,
    coordinator: str | None,
    leader: bool,
    name: str,
    json_wanted: bool,
) -> None:
    """生成一次性邀请链接（7 天有效，只显示这一次）。"""
    here = office(ctx)
    if sum((unit is not None, everybody, coordinator is not None)) != 1:
        raise WhomToInvite
    link = link_maker(here)
    with here.writing() as session:
        made = [
            _invite(session, here, link, row, leader, coordinator or name)
            for row in _units(session, unit, everybody)
        ]
    if json_wanted:
        as_json(made)
    else:
        show("invites", data=made)


def _units(session: Session, unit: str | None, everybody: bool) -> list[UnitRow | None]:
    if everybody:
        return list(people.unbound_units(session))
    return [directory.unit_named(session, unit) if unit is not None else None]


def _invite(
    session: Session, here: Office, link: Callable[[str], str], unit: UnitRow | None, leader: bool, name: str
) -> dict[str, str]:
    post = people.COORDINATOR if unit is None else people.LEADER if leader else people.CONTACT
    invited = people.invite(session, post=post, name=name, unit=unit, now=here.now(), actor="cli")
    whom = {"coordinator": name} if unit is None else {"unit": unit.name}
    return whom | {
        "name": name,
        "token": invited.token,
        "link": link(invited.token),
        "expires": invited.row.expires_at.astimezone(here.zone).isoformat(timespec="minutes"),
    }


def link_maker(here: Office) -> Callable[[str], str]:
    """Telegram's deep link where there is a token (its bot's name is asked once), else the local chat's."""
    token = here.settings.telegram.secret()
    if not token:
        address = here.settings.web.address()
        return lambda invite: f"{address}/start/{invite}"
    import asyncio  # noqa: PLC0415

    from duban_bot.transports.telegram import TelegramTransport  # noqa: PLC0415

    transport = TelegramTransport(token, here.settings.telegram.base_url)

    async def ask() -> None:
        await transport.start()
        await transport.stop()

    asyncio.run(ask())
    return transport.link
