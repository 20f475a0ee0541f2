"""Settings: the environment above the file, secrets from files, every problem at once."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from sync.runtime.errors import SettingsError
from sync.runtime.settings import ProgramSettings, Section


class Broker(Section):
    """A table of the demo settings."""

    host: str = "localhost"
    password: SecretStr = SecretStr("")


class DemoSettings(ProgramSettings, env_prefix="OMO_DEMO_"):
    """What a program would declare."""

    port: int = Field(8000, ge=1, le=65535)
    name: str
    names: tuple[str, ...] = ()
    secret: SecretStr
    broker: Broker = Broker()


def toml(folder: Path, text: str) -> Path:
    path = folder / "demo.toml"
    path.write_text(text, "utf-8")
    return path


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = toml(tmp_path, 'port = 1\nname = "人民路"\nsecret = "s"\n[broker]\nhost = "a"\n')
    monkeypatch.setenv("OMO_DEMO_PORT", "9")
    monkeypatch.setenv("OMO_DEMO_BROKER__HOST", "b")
    settings = DemoSettings.load(path)
    assert (settings.port, settings.name, settings.broker.host) == (9, "人民路", "b")


def test_secrets_come_from_files_named_in_file_and_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("alpha\n", "utf-8")
    (tmp_path / "b").write_text("beta", "utf-8")
    path = toml(tmp_path, f'name = "n"\nsecret_file = "{tmp_path / "a"}"\n')
    monkeypatch.setenv("OMO_DEMO_BROKER__PASSWORD_FILE", str(tmp_path / "b"))
    settings = DemoSettings.load(path)
    assert settings.secret.get_secret_value() == "alpha"
    assert settings.broker.password.get_secret_value() == "beta"
    assert "alpha" not in repr(settings)


def test_all_problems_are_told_at_once_and_no_secret_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = toml(
        tmp_path, 'port = 70000\ncolour = "red"\nsecret_file = "/nowhere/key"\n[broker]\nhots = "x"\n'
    )
    monkeypatch.setenv("OMO_DEMO_PROT", "1")
    with pytest.raises(SettingsError) as caught:
        DemoSettings.load(path)
    assert caught.value.code == "settings.invalid"
    assert set(caught.value.problems) == {
        "The variable OMO_DEMO_PROT is not known; the names are in the example file.",
        "secret: the secret file /nowhere/key cannot be read: No such file or directory.",
        "port: should be less than or equal to 65535.",
        "name: is missing; it has no default.",
        "colour: is not a known setting; look for a spelling mistake.",
        "broker.hots: is not a known setting; look for a spelling mistake.",
    }


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    path = toml(tmp_path, 'name = "n"\nsecret = "one"\nsecret_file = "/nowhere"\n')
    with pytest.raises(SettingsError) as caught:
        DemoSettings.load(path)
    assert caught.value.problems == ("secret: given both as a value and as a file; keep one.",)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"port = = 1", "is not TOML"), (b"\xff\xfe", "is not UTF-8 text"), (None, "cannot be read")],
)
def test_a_file_that_is_no_settings_file_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        DemoSettings.load(path)


def test_lists_in_the_environment_must_be_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMO_DEMO_NAME", "n")
    monkeypatch.setenv("OMO_DEMO_SECRET", "s")
    monkeypatch.setenv("OMO_DEMO_NAMES", "a, b")
    with pytest.raises(SettingsError, match="as JSON"):
        DemoSettings.load()
    monkeypatch.setenv("OMO_DEMO_NAMES", '["a", "b"]')
    assert DemoSettings.load().names == ("a", "b")


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMO_DEMO_NAME", "n")
    monkeypatch.setenv("OMO_DEMO_SECRET", "s")
    settings = DemoSettings.load()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 5  # type: ignore[misc]
    assert settings.port == 8000
