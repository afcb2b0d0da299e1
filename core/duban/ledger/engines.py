"""The kinds of database that a ledger may lie in: how each is opened, and what its faults mean.

SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE. PostgreSQL (psycopg): a writing transaction first takes the
office's turn, an advisory lock, so that decisions are taken one after another there as well; who moves rows
by conditional UPDATE alone goes beside (see `beside`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from duban.errors import EnvironmentNotThere

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
TURN: Final = 0x0D_0BA_0  # the advisory lock that a deciding transaction holds; one namespace in a database
REACH: Final = 10  # seconds in which a server must answer a connection
_MEND: Final = (
    "请把 database.url 写成 sqlite:////绝对路径/duban.sqlite3 或 postgresql://用户:密码@主机/库名 的样子"
)


def known(text: str) -> URL:
    """An address whose kind is known and whose driver is there. Raises EnvironmentNotThere."""
    try:
        url = make_url(text)
        if url.drivername in {"postgres", POSTGRESQL}:
            url = url.set(drivername=f"{POSTGRESQL}+psycopg")
        url.get_dialect().import_dbapi()
    except ArgumentError:
        raise EnvironmentNotThere(what="数据库", why=f"地址写得不对，{_MEND}") from None
    except (NoSuchModuleError, ImportError):
        if url.get_backend_name() == POSTGRESQL:
            raise EnvironmentNotThere(
                what="数据库", why="用 PostgreSQL 需要附加组件，请运行 pip install 'duban[postgres]'"
            ) from None
        raise EnvironmentNotThere(what="数据库", why=f"这里不支持 {url.drivername}，{_MEND}") from None
    if url.get_backend_name() not in _OPEN:
        raise EnvironmentNotThere(what="数据库", why=f"这里不支持 {url.drivername}，{_MEND}")
    if url.get_backend_name() == SQLITE and url.database in {None, "", ":memory:"}:
        raise EnvironmentNotThere(what="数据库", why=f"地址里没有文件，{_MEND}")
    return url


def opened(url: URL, *, write: bool, wait: float) -> Engine:
    """An engine whose transactions write, or one whose cannot. `wait`: seconds for another's lock."""
    return _OPEN[url.get_backend_name()](url, write=write, wait=wait)


def beside(engine: Engine) -> Engine:
    """The same engine for transactions that take no turn: safe for conditional UPDATEs alone."""
    return engine.execution_options(beside=True)


def dsn(url: URL) -> str:
    """A PostgreSQL address as libpq takes it."""
    return url.set(drivername=POSTGRESQL).render_as_string(hide_password=False)


def bare(url: URL, *, database: str | None = None) -> str:
    """The same without the password, for commands that people type: the server's tools ask for it."""
    shown = URL.create(POSTGRESQL, url.username, None, url.host, url.port, database or url.database)
    return shown.render_as_string()


def fault(error: DBAPIError) -> tuple[str, str] | None:
    """(code, what to do) of a fault of the machine; None for a fault of ours."""
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return next((found for sign, found in STATES.items() if state.startswith(sign)), None)
    words = str(error.orig)
    found = next((found for sign, found in WORDS.items() if sign in words), None)
    if found is None and type(error).__name__ == "OperationalError":
        return ("other", f"出错（{words}）") if "sqlite3" in type(error.orig).__module__ else _UNREACHABLE
    return found


def reason(words: str) -> str:
    """What SQLite's words for a fault of the machine mean, and what to do."""
    return next((found[1] for sign, found in WORDS.items() if sign in words), f"出错（{words}）")


def _open_sqlite(url: URL, *, write: bool, wait: float) -> Engine:
    engine = create_engine(url, connect_args={"timeout": wait, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves (sqlite3's own is too late for IMMEDIATE)
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        if write:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _open_postgresql(url: URL, *, write: bool, wait: float) -> Engine:
    said = url.query.get("options", "")
    given = said if isinstance(said, str) else " ".join(said)
    ours = f"-c lock_timeout={round(wait * 1000)} -c timezone=UTC"
    engine = create_engine(
        url,
        pool_pre_ping=True,
        connect_args={
            "options": f"{given} {ours}".strip(),
            "application_name": "duban",
            "connect_timeout": REACH,
        },
        # a look is of one moment, however many questions it asks
        execution_options={}
        if write
        else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"},
    )
    if write:

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            if not connection.get_execution_options().get("beside"):
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")

    return engine


_OPEN: Final = {SQLITE: _open_sqlite, POSTGRESQL: _open_postgresql}
_UNREACHABLE: Final = ("unreachable", "连不上，请检查数据库服务是否在运行、地址和账号是否正确")
# a sign in SQLite's words, or in libpq's for a connection that was not made: what it is, and what to do
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "readonly": ("read-only", "文件是只读的，请改权限或另指一处"),
    "unable to open": ("unreachable", "文件打不开，请检查路径和权限"),
    "locked": ("locked", "正被别的程序占用，请稍后再试"),
    "full": ("full", "磁盘已满，请先腾出空间"),
    "disk I/O": ("io", "磁盘读写出错，请检查磁盘和剩余空间"),
    "not a database": ("broken", "文件不是数据库或已损坏，请换一个文件或从备份恢复"),
    "authentication failed": ("unreachable", "不接受这个账号，请检查用户和密码"),
    "does not exist": ("unreachable", "没有这个库或这个账号，请先建好"),
    "malformed": ("broken", "文件不是数据库或已损坏，请换一个文件或从备份恢复"),
}
# the beginning of an SQLSTATE (PostgreSQL, appendix A): the same
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "53100": ("full", "磁盘已满，请先腾出空间"),
    "53": ("other", "资源不足（连接或内存），请检查数据库服务"),
    "55P03": ("locked", "正被别的程序占用，请稍后再试"),
    "25006": ("read-only", "只能读，请改权限或另指一处"),
    "58": ("io", "磁盘读写出错，请检查磁盘和剩余空间"),
    "XX": ("broken", "数据已损坏，请从备份恢复"),
    "3D000": ("unreachable", "没有这个库或这个账号，请先建好"),
    "28": ("unreachable", "不接受这个账号，请检查用户和密码"),
    "57P": _UNREACHABLE,
    "08": _UNREACHABLE,
}
