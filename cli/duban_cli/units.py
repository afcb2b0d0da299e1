"""`duban units`: the directory as a file, and by command."""

from __future__ import annotations

from pathlib import Path

import click

from duban.errors import DubanError
from duban.ledger import directory
from duban.units.toml import from_toml, to_toml
from duban_cli.files import file_bytes
from duban_cli.printing import as_json, show
from duban_cli.wiring import office


class NotUtf8(DubanError):
    """文件 {path} 不是 UTF-8 文本，请另存为 UTF-8 后再导入。"""


class WhichMembers(DubanError):
    """请写上泛称和它的成员，或只加 --ignore 表示不督办。例：duban units members 各镇 石桥镇 青禾镇"""


@click.group("units")
def units_command() -> None:
    """单位名录：导入、导出、查看、合并、别名、泛称单位的成员。"""


@units_command.command("import", epilog="例：duban units import 单位.toml")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def import_command(ctx: click.Context, file: Path) -> None:
    """从 TOML 文件导入名录；已有的不动，只补新的。"""
    try:
        text = file_bytes(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotUtf8(path=file) from None
    found = from_toml(text)
    here = office(ctx)
    with here.writing() as session:
        changes = directory.import_units(session, found, now=here.now(), actor="cli")
    show("units_import", changes=changes)


@units_command.command("export", epilog="例：duban units export > 单位.toml")
@click.pass_context
def export_command(ctx: click.Context) -> None:
    """按导入的格式输出整个名录。"""
    with office(ctx).reading() as session:
        click.echo(to_toml(directory.load(session)), nl=False)


@units_command.command("list", epilog="例：duban units list --json")
@click.option("--json", "json_wanted", is_flag=True, help="输出 JSON")
@click.pass_context
def list_command(ctx: click.Context, json_wanted: bool) -> None:
    """所有单位、别名和泛称单位。"""
    with office(ctx).reading() as session:
        found = directory.load(session)
    data = {
        "units": [{"name": u.name, "kind": u.kind, "aliases": list(u.aliases)} for u in found.units],
        "collectives": [{"name": c.name, "members": list(c.members)} for c in found.collectives],
    }
    if json_wanted:
        as_json(data)
    else:
        show("units", data=data)


@units_command.command("alias", epilog="例：duban units alias 县发展和改革局 县物价局")
@click.argument("unit")
@click.argument("alias")
@click.pass_context
def alias_command(ctx: click.Context, unit: str, alias: str) -> None:
    """给单位加一个别名。"""
    here = office(ctx)
    with here.writing() as session:
        row = directory.unit_named(session, unit)
        directory.add_alias(session, row, alias, now=here.now(), actor="cli")
    show("units_changed", did="alias", unit=row.name, names=[alias])


@units_command.command("rename", epilog="例：duban units rename 县卫生计生局 县卫生健康局")
@click.argument("unit")
@click.argument("name")
@click.pass_context
def rename_command(ctx: click.Context, unit: str, name: str) -> None:
    """单位改名；旧名留作别名。"""
    here = office(ctx)
    with here.writing() as session:
        directory.rename(session, directory.unit_named(session, unit), name, now=here.now(), actor="cli")
    show("units_changed", did="rename", unit=unit, names=[name])


@units_command.command("merge", epilog="例：duban units merge 县旅游局 县文化广电旅游局")
@click.argument("unit")
@click.argument("into")
@click.pass_context
def merge_command(ctx: click.Context, unit: str, into: str) -> None:
    """把一个单位并入另一个：任务、联络员、别名都过去。"""
    here = office(ctx)
    with here.writing() as session:
        source, target = directory.unit_named(session, unit), directory.unit_named(session, into)
        directory.merge(session, source, target, now=here.now(), actor="cli")
    show("units_changed", did="merge", unit=unit, names=[target.name])


@units_command.command("members", epilog="例：duban units members 各镇（街道） 石桥镇 柳岸街道")
@click.argument("collective")
@click.argument("names", nargs=-1)
@click.option("--ignore", is_flag=True, help="这个泛称不督办")
@click.pass_context
def members_command(ctx: click.Context, collective: str, names: tuple[str, ...], ignore: bool) -> None:
    """指定泛称单位的成员，或说明它不督办。"""
    if ignore is bool(names):
        raise WhichMembers
    here = office(ctx)
    with here.writing() as session:
        if ignore:
            directory.ignore(session, collective, now=here.now(), actor="cli")
        else:
            directory.set_members(session, collective, names, now=here.now(), actor="cli")
    show("units_changed", did="ignore" if ignore else "members", unit=collective, names=names)
