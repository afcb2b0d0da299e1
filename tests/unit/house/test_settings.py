"""The example file is the defaults; the environment is over the file; every mistake names its place."""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from pathlib import Path

import pytest

from duban import resources, settings
from duban.settings import Settings, SettingsError

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "config.example.toml"


def plain(value: object) -> object:
    """A settings value as TOML would hold it."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return list(value) if isinstance(value, tuple) else value


def write(folder: Path, text: str) -> Path:
    file = folder / "some.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_example_lists_each_setting_with_its_default():
    assert tomllib.loads(EXAMPLE.read_text(encoding="utf-8")) == plain(Settings())


def test_each_setting_of_the_example_is_explained():
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    bare = [
        line
        for before, line in itertools.pairwise(lines)
        if "=" in line and not line.startswith("#") and not before.startswith("# ")
    ]
    assert bare == []


def test_the_example_loads_as_it_is():
    assert settings.load(EXAMPLE, {}) == Settings()


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert (
        settings.load(None, {"PATH": "/bin", "DUBAN_CLOCK": "2018-07-20", "DUBAN_SPEED": "9"}) == Settings()
    )


def test_config_toml_of_the_working_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text("[web]\nport = 9000\n")
    assert settings.load(None, {}).web.port == 9000


def test_the_file_may_be_named_by_the_environment(tmp_path: Path):
    file = write(tmp_path, "[office]\nname = '青禾区督查室'\n")
    assert settings.load(None, {"DUBAN_CONFIG": str(file)}).office.name == "青禾区督查室"


@pytest.mark.parametrize(
    ("name", "text", "place", "value"),
    [
        ("DUBAN_WEB__PORT", "8700", "web.port", 8700),
        ("DUBAN_WEB__ENABLED", "false", "web.enabled", False),
        ("DUBAN_WEB__BEHIND_PROXY", "true", "web.behind_proxy", True),
        ("DUBAN_DATABASE__URL", "sqlite:////srv/a.db", "database.url", "sqlite:////srv/a.db"),
        ("DUBAN_OFFICE__NAME", "8600", "office.name", "8600"),  # a name, though of digits
        ("DUBAN_TELEGRAM__TOKEN", "", "telegram.token", ""),
        ("DUBAN_POLICY__BEFORE", "[5, 0]", "policy.before", (5, 0)),
        ("DUBAN_POLICY__CADENCE", "monthly", "policy.cadence", "monthly"),
        ("DUBAN_POLICY__CADENCE_DAY", "25", "policy.cadence_day", "25"),
        ("DUBAN_POLICY__QUIET", "22:00-07:00", "policy.quiet", "22:00-07:00"),
        ("DUBAN_LOG__LEVEL", "debug", "log.level", "debug"),
    ],
)
def test_the_environment_is_over_the_file(tmp_path, name, text, place, value):
    section, key = place.split(".")
    file = write(tmp_path, f"[{section}]\n")
    assert getattr(getattr(settings.load(file, {name: text}), section), key) == value


def test_every_setting_can_be_given_by_the_environment():
    default = Settings()
    environ = {
        f"DUBAN_{section.name}__{one.name}".upper(): str(plain(value)).lower()
        if isinstance(value, bool)
        else str(plain(value))
        for section in dataclasses.fields(default)
        for one in dataclasses.fields(getattr(default, section.name))
        for value in [getattr(getattr(default, section.name), one.name)]
    }
    assert settings.load(EXAMPLE, environ) == default


def test_the_environment_leaves_the_rest_of_a_section_alone(tmp_path: Path):
    file = write(tmp_path, "[web]\nport = 9000\nenabled = false\n")
    found = settings.load(file, {"DUBAN_WEB__PORT": "9001"}).web
    assert (found.port, found.enabled) == (9001, False)


@pytest.mark.parametrize(
    ("text", "environ", "where"),
    [
        ("prot = 1", {}, "prot"),
        ("[web]\nprot = 1", {}, "web.prot"),
        ("[wbe]\nport = 1", {}, "wbe"),
        ("", {"DUBAN_WEB__PROT": "1"}, "web.prot"),
        ("", {"DUBAN_PORT": "1"}, "port"),
        ("web = 3", {}, "web"),
        ("web = 3", {"DUBAN_WEB__PORT": "1"}, "web"),
        ("[web]\nport = '8600'", {}, "web.port"),
        ("[web]\nport = true", {}, "web.port"),
        ("[web]\nport = 86.0", {}, "web.port"),
        ("[web]\nenabled = 1", {}, "web.enabled"),
        ("[office]\nname = 3", {}, "office.name"),
        ("[office]\nzone = 'Asia/Nowhere'", {}, "office.zone"),
        ("[policy]\nbefore = 7", {}, "policy.before"),
        ("[policy]\nbefore = ['7']", {}, "policy.before"),
        ("[policy]\nbefore = [true]", {}, "policy.before"),
        ("[policy]\ncadence = 'weekly'", {}, "policy.cadence"),
        ("[policy]\ncadence_day = '32'", {}, "policy.cadence_day"),
        ("[policy]\ncadence_day = 'friday'", {}, "policy.cadence_day"),
        ("[policy]\nhour = '25:00'", {}, "policy.hour"),
        ("[policy]\nquiet = '20:00'", {}, "policy.quiet"),
        ("[policy]\nlate_every = 0", {}, "policy.late_every"),
        ("[policy]\nescalate = true", {}, "policy.escalate"),
        ("[log]\nlevel = 'loud'", {}, "log.level"),
        ("", {"DUBAN_WEB__PORT": "many"}, "web.port"),
        ("", {"DUBAN_WEB__PORT": "86.5"}, "web.port"),
        ("", {"DUBAN_WEB__ENABLED": "yes"}, "web.enabled"),
        ("", {"DUBAN_POLICY__BEFORE": "7,0"}, "policy.before"),
        ("a = = b", {}, "some.toml"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_its_place(tmp_path, text, environ, where):
    with pytest.raises(SettingsError) as caught:
        settings.load(write(tmp_path, text), environ)
    said = str(caught.value)
    assert where in said
    assert "\n" not in said
    assert caught.value.exit_code == 2


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(SettingsError, match="不存在"):
        settings.load(tmp_path / "none.toml", {})


def test_a_file_that_is_not_text_is_said(tmp_path: Path):
    file = tmp_path / "some.toml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="TOML"):
        settings.load(file, {})


def test_the_database_of_a_checkout_is_in_data_local():
    assert Settings().database.resolved() == f"sqlite:///{ROOT / 'data/local/duban.sqlite3'}"


@pytest.mark.parametrize(
    ("environ", "place"),
    [
        ({"XDG_DATA_HOME": "/srv/data"}, "/srv/data/duban"),
        ({"HOME": "/home/a"}, "/home/a/.local/share/duban"),
    ],
)
def test_the_database_of_an_installation_is_never_in_the_working_folder(
    monkeypatch, tmp_path, environ, place
):
    monkeypatch.setattr(resources, "checkout", lambda: None)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert Settings().database.resolved() == f"sqlite:///{place}/duban.sqlite3"


def test_a_database_that_is_named_is_taken_as_it_is():
    assert (
        settings.load(EXAMPLE, {"DUBAN_DATABASE__URL": "sqlite:////x.db"}).database.resolved()
        == "sqlite:////x.db"
    )


def test_the_token_is_never_shown_and_may_stand_in_a_file(tmp_path: Path):
    secret = tmp_path / "token"
    secret.write_text("12:abc\n")
    assert settings.load(EXAMPLE, {"DUBAN_TELEGRAM__TOKEN_FILE": str(secret)}).telegram.secret() == "12:abc"
    both = {"DUBAN_TELEGRAM__TOKEN_FILE": str(secret), "DUBAN_TELEGRAM__TOKEN": "34:def"}
    assert settings.load(EXAMPLE, both).telegram.secret() == "34:def"
    assert "34:def" not in repr(settings.load(EXAMPLE, both))


def test_a_token_file_that_cannot_be_read_is_said(tmp_path: Path):
    found = settings.load(EXAMPLE, {"DUBAN_TELEGRAM__TOKEN_FILE": str(tmp_path / "none")})
    with pytest.raises(SettingsError, match=r"telegram\.token_file"):
        found.telegram.secret()


def test_a_plans_own_keys_are_over_the_policy_and_an_items_over_those():
    policy = Settings().policy.with_overrides({"before": [5], "late_max": 2}, None, {"late_max": 1})
    assert (policy.before, policy.late_max, policy.late_every) == ((5,), 1, 3)
