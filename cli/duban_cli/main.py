"""`duban`: each command is loaded when it is asked for, so that --help stays light."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from duban.clock import make_clock
from duban.errors import DubanError, EnvironmentNotThere, why
from duban_cli.terminal import one_line
from duban_cli.usage import sentence

COMMANDS = {  # name: module of duban_cli (its attribute has the command's name), in the order of --help
    "run": "serve",
    "worker": "serve",
    "demo": "demo",
    "read": "reading",
    "explain": "explain",
    "import": "plans",
    "activate": "plans",
    "simulate": "simulate",
    "summary": "picture",
    "overdue": "picture",
    "due": "picture",
    "item": "picture",
    "unit": "picture",
    "queue": "picture",
    "export": "export",
    "event": "acts",
    "deadline": "acts",
    "extend": "acts",
    "verify": "acts",
    "assign": "acts",
    "remind": "acts",
    "units": "units",
    "invite": "people",
    "backup": "backup",
    "restore": "backup",
    "doctor": "doctor",
    "db": "database",
}


class CannotPrint(EnvironmentNotThere):
    """结果写不出去（{why}），请检查输出的去处。"""


class Lazy(click.Group):
    """A group whose commands are modules that are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All names, in the order of a coordinator's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of a name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found = getattr(importlib.import_module(f"duban_cli.{module}"), f"{cmd_name}_command")
        return found if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run; whoever reads only the beginning (| head) has seen what they wanted."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands, without importing one."""
        with formatter.section("命令"):
            formatter.write_dl([(name, HELP[name]) for name in COMMANDS])


HELP = {
    "run": "启动：聊天、定时提醒和网页",
    "worker": "再加一个工作进程（PostgreSQL）",
    "demo": "用样例方案走完一年，看它怎么工作",
    "read": "看看文件里写了什么（不写入任何东西）",
    "explain": "解释一段时限、单位、反馈或日期是怎么读的",
    "import": "导入一份方案",
    "activate": "启动督办",
    "simulate": "预演：哪天会给谁发什么",
    "summary": "汇总",
    "overdue": "逾期清单",
    "due": "近期到期",
    "item": "一个事项的全部情况",
    "unit": "一个单位的全部任务",
    "queue": "待办：等督办员决定的事",
    "export": "导出：台账（xlsx、csv）、日历（ics）",
    "event": "记录起算事由",
    "deadline": "给事项定时限，或定内部时限",
    "extend": "批准延期",
    "verify": "核查：销号或退回",
    "assign": "改派",
    "remind": "现在就催办",
    "units": "单位名录：导入、导出、查看、合并、别名",
    "invite": "生成邀请链接",
    "backup": "备份整个台账",
    "restore": "用备份恢复台账",
    "doctor": "体检：哪里有问题，该怎么办",
    "db": "数据库：升级、检查、复制到另一个库",
}


@click.group(
    cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]}, epilog="例：duban read 方案.txt"
)
@click.option("--config", type=click.Path(path_type=Path), help="配置文件（TOML），默认 ./config.toml")
@click.option(
    "--clock", envvar="DUBAN_CLOCK", help="从这个时刻开始，如 2018-12-20T09:00+08:00（演示、测试用）"
)
@click.option("--speed", envvar="DUBAN_SPEED", help="时钟快多少倍，或 step（没事就跳到下一件事）")
@click.option("--debug", is_flag=True, help="出错时显示细节")
@click.version_option(package_name="duban", message="duban %(version)s")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """督办：读方案、记台账、按时提醒、收集反馈。"""
    make_clock(options["clock"], options["speed"])  # a bad one is told before anything is opened
    ctx.obj = options


def main() -> None:
    """Run, and turn every error into one sentence and an exit code."""
    debug = "--debug" in sys.argv
    try:
        left = cli.main(standalone_mode=False, prog_name="duban")  # what ctx.exit was given, or None
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk is told here, not while the interpreter ends
        if isinstance(left, int):
            sys.exit(left)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        _end(sentence(error), 2)
    except (click.Abort, KeyboardInterrupt):
        _end("已取消。", 130)
    except Exception as error:
        if debug:
            raise
        _end(*_told(error))


def _told(error: Exception) -> tuple[str, int]:
    """The sentence and the exit code of what stopped a command."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EIO, errno.EFBIG}:
        error = CannotPrint(why=why(error))
    if isinstance(error, DubanError):
        return str(error), error.exit_code
    name = type(error).__name__
    return f"程序内部出错（{name}）。请加 --debug 重新运行，并把显示的内容发给维护者。", 3


def _end(words: str, code: int) -> NoReturn:
    with contextlib.suppress(OSError):
        click.echo(one_line(words), err=True)
    if code == CannotPrint.exit_code and sys.stdout is not None:  # nothing more is flushed on the way out
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
