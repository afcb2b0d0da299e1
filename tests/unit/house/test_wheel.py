"""What is shipped: all that the program needs, nothing of data/local; and it starts by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("core", "scheduler", "bot", "web", "cli")
TREE = (*ROOMS, "templates", "data", "docs", "tests")
FILES = ("pyproject.toml", "README.md", "LICENSE", "config.example.toml")
PLANTED = "data/local/secret-ledger.sqlite3"
BUILD = """
import sys
from hatchling.build import build_sdist, build_wheel
print(build_wheel(sys.argv[1]), build_sdist(sys.argv[1]))
"""
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str], Path]:
    """The names in the wheel and in the sdist of a tree with a ledger in data/local, and the wheel."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("out")
    for name in TREE:
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "local"))
    for name in FILES:
        shutil.copy(ROOT / name, tree)
    planted = tree / PLANTED  # and no .gitignore that would hide it
    planted.parent.mkdir(parents=True)
    planted.write_bytes(b"secret")
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(out)], check=False, cwd=tree, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    wheel, sdist = next(out.glob("*.whl")), next(out.glob("*.tar.gz"))
    with zipfile.ZipFile(wheel) as archive, tarfile.open(sdist) as source:
        return archive.namelist(), source.getnames(), wheel


def test_neither_holds_a_file_of_data_local(built):
    wheel, sdist, _ = built
    assert [name for name in (*wheel, *sdist) if "local/" in name or "secret" in name] == []


def test_the_sdist_holds_what_a_build_needs(built):
    names = {name.partition("/")[2] for name in built[1]}
    assert {"pyproject.toml", "LICENSE", "README.md", "config.example.toml"} <= names
    assert {"templates/chat/words.toml", "data/units/kinds.toml", "cli/duban_cli/main.py"} <= names


def shipped() -> list[tuple[Path, str]]:
    """Each file that the program reads beside its code, and its place in the wheel."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    included = config["targets"]["wheel"]["force-include"]
    found = [
        (file, f"{place}/{file.relative_to(ROOT / folder)}")
        for folder, place in included.items()
        for file in (ROOT / folder).rglob("*")
        if file.is_file()
    ]
    for package in config["targets"]["wheel"]["packages"]:
        found += [
            (file, str(file.relative_to((ROOT / package).parent)))
            for file in (ROOT / package).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        ]
    return found


def test_the_wheel_holds_every_file_of_code_templates_and_data(built):
    names = set(built[0])
    assert [place for _, place in shipped() if place not in names] == []
    for must in (
        "duban/_shipped/templates/chat/words.toml",
        "duban/_shipped/data/units/kinds.toml",
        "duban/_shipped/data/calendar/README.md",
        "duban/_shipped/data/samples/plan-2026.txt",
        "duban/ledger/migrations/script.py.mako",
        "duban/ledger/migrations/versions/0001_tables.py",
        "duban_web/static/chat.js",
        "duban_cli/main.py",
    ):
        assert must in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_nothing_generic_lands_in_site_packages(built):
    tops = {name.partition("/")[0] for name in built[0]}
    packages = {"duban", "duban_scheduler", "duban_bot", "duban_web", "duban_cli"}
    assert {top for top in tops if not top.endswith(".dist-info")} == packages


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`duban` of an environment that holds the wheel, and sees the libraries of the one that tests."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(folder)}))
    with zipfile.ZipFile(built[2]) as archive:  # a wheel is a zip whose root is site-packages (PEP 427)
        archive.extractall(site)
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin" / "python"


def start(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a folder that is no checkout, without the tests' own paths."""
    code = "import sys; from duban_cli.main import main; sys.argv = ['duban', *sys.argv[1:]]; main()"
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "DUBAN_", "XDG_"))}
    return subprocess.run(
        [str(python), "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environ, "HOME": str(folder), "PYTHONIOENCODING": "utf-8"},
    )


def test_it_starts(installed: Path, tmp_path: Path):
    done = start(installed, tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "simulate" in done.stdout
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert start(installed, tmp_path, "--version").stdout == f"duban {version}\n"


def test_it_is_the_installed_one_and_finds_its_templates_and_data(installed: Path, tmp_path: Path):
    code = "from duban import resources; print(resources.checkout(), resources.root())"
    done = subprocess.run(
        [str(installed), "-c", code], check=False, capture_output=True, text=True, cwd=tmp_path, env={}
    )
    checkout, root = done.stdout.split()
    assert checkout == "None"
    assert Path(root).is_relative_to(installed.parents[1])


def test_it_reads_the_sample(installed: Path, tmp_path: Path):
    done = start(installed, tmp_path, "read", str(ROOT / "data/samples/plan-2026.txt"))
    assert done.returncode == 0, done.stderr
    assert "2026" in done.stdout


def test_its_database_is_the_persons_own_and_never_in_the_working_folder(installed: Path, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    done = start(installed, home, "units", "import", str(ROOT / "data/samples/units.toml"))
    assert done.returncode == 0, done.stderr
    ledger = home / ".local/share/duban/duban.sqlite3"
    assert ledger.stat().st_mode & 0o777 == 0o600
    assert ledger.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(file.name for file in home.iterdir()) == [".local"]
