"""A command line that cannot be taken, as one sentence: what is wrong, where, and where the help is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

HELP = "；用法见 {command} --help。"


def sentence(error: click.ClickException) -> str:
    """click's error in Chinese. What it says in words is kept where no row of the table knows better."""
    say = next((SAY[one.__name__] for one in type(error).__mro__ if one.__name__ in SAY), _as_it_is)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "duban"
    return say(error) + HELP.format(command=command)


def _named(error: Any) -> str:
    param = error.param
    if param is None:
        return str(error.param_hint or "参数")
    return param.opts[0] if param.param_type_name == "option" else f"参数 {param.human_readable_name}"


def _bad_value(error: Any) -> str:
    kind = error.param.type if error.param is not None else None
    return f"{_named(error)} 的值不对，{_wanted(kind) or error.message}"


def _wanted(kind: click.ParamType[Any] | None) -> str:
    match kind:
        case click.IntRange():
            ends = [
                f"{word} {end}"
                for word, end in (("不小于", kind.min), ("不大于", kind.max))
                if end is not None
            ]
            return "应是" + "、".join(ends) + " 的整数"
        case click.Choice():
            return "只能是 " + "、".join(map(str, kind.choices)) + " 之一"
        case None:
            return ""
        case _:
            return "应是整数" if kind.name == "integer" else ""


def _as_it_is(error: Any) -> str:
    """Left over: words after the last argument, which click names in brackets."""
    rest = error.message.partition("(")[2].rstrip(")")
    return f"多了“{rest}”" if rest else f"写得不对（{error.message}）"


def _no_option(error: Any) -> str:
    near = error.possibilities or ()
    return f"没有 {error.option_name} 这个选项" + (f"，是不是 {'、'.join(near)}" if near else "")


SAY: Mapping[str, Callable[[Any], str]] = {
    "NoSuchOption": _no_option,
    "NoSuchCommand": lambda error: f"没有 {error.command_name} 这个命令",
    "MissingParameter": lambda error: f"没有给 {_named(error)}",
    "BadParameter": _bad_value,
    "BadOptionUsage": lambda error: f"{error.option_name} 后面少了值，或多了值",
}
