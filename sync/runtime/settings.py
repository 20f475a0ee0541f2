"""Base of the settings of a program: a TOML file, the environment above it, secrets from files.

A program declares one frozen class and loads it once:

    class HubSettings(ProgramSettings, env_prefix="OMO_HUB_"):
        port: int = Field(8000, ge=1, le=65535, description="TCP port of the pages and the API")
        secret: SecretStr = Field(description="Signs sessions")

    settings = HubSettings.load(Path("hub.toml"))

`port` is read from `port = …` in the file or from `OMO_HUB_PORT`, which wins; a section is a nested
`Section` and its variables are joined by two underscores (`OMO_HUB_BROKER__HOST`). A secret may be given as
a file: `secret_file = "/etc/omo/secret"` or `OMO_HUB_SECRET_FILE`. Every key nobody declared is refused,
and all problems are reported at once. This module is the one home of the environment.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict, SecretBytes, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from sync.runtime.errors import SettingsError

NESTED = "__"
SECRET_FILE_MAX_BYTES = 64 * 1024
_SECRETS = (SecretStr, SecretBytes)


class Section(BaseModel):
    """A table within the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ProgramSettings(BaseSettings):
    """Base class of a program's settings; see the module."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_nested_delimiter=NESTED,
        case_sensitive=False,
        hide_input_in_errors=True,
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over what `load` read from the file; no other source exists."""
        del dotenv_settings, file_secret_settings
        assert isinstance(env_settings, EnvSettingsSource)
        prefix = str(settings_cls.model_config.get("env_prefix") or "")
        files = {name for name in variables(settings_cls, prefix) if name.endswith("_FILE")}
        env_settings.env_vars = {
            name: value for name, value in env_settings.env_vars.items() if name.upper() not in files
        }
        return (env_settings, init_settings)

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read the file, the environment and the secret files.

        Args:
            path: The TOML file; None reads the environment alone.

        Raises:
            SettingsError: With every problem found, in plain words.
        """
        prefix = str(cls.model_config.get("env_prefix") or "")
        values, problems = _read_file(path)
        problems += _unknown_variables(cls, prefix)
        problems += _fill_secrets(cls, values, _Place(prefix, ""))
        try:
            settings = cls(**values)
        except ValidationError as error:
            problems += [_explain(detail) for detail in error.errors()]
        except SourceError as error:
            problems.append(f"{error}: write lists and tables in the environment as JSON.")
        if problems:
            raise SettingsError(tuple(problems))
        return settings


class _Place:
    """Where a model's keys stand: the prefix of its variables and the path of its table."""

    def __init__(self, variable: str, path: str) -> None:
        self.variable = variable
        self.path = path

    def within(self, name: str) -> "_Place":
        return _Place(f"{self.variable}{name.upper()}{NESTED}", f"{self.path}{name}.")


def _read_file(path: Path | None) -> tuple[dict[str, Any], list[str]]:
    if path is None:
        return {}, []
    try:
        return tomllib.loads(path.read_text("utf-8")), []
    except OSError as error:
        return {}, [f"The file {path} cannot be read: {error.strerror}."]
    except UnicodeDecodeError:
        return {}, [f"The file {path} is not UTF-8 text."]
    except tomllib.TOMLDecodeError as error:
        return {}, [f"The file {path} is not TOML: {error}."]
    except RecursionError:
        return {}, [f"The file {path} is not TOML that can be read: its lists or tables are nested too deep."]


def _section_of(field: FieldInfo) -> type[BaseModel] | None:
    kinds = (field.annotation, *get_args(field.annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def _is_secret(field: FieldInfo) -> bool:
    return any(kind in _SECRETS for kind in (field.annotation, *get_args(field.annotation)))


def variables(model: type[BaseModel], prefix: str) -> Iterator[str]:
    """Yield the name of every environment variable that `model` reads under `prefix`."""
    for name, field in model.model_fields.items():
        yield prefix + name.upper()
        if _is_secret(field):
            yield f"{prefix}{name.upper()}_FILE"
        if (section := _section_of(field)) is not None:
            yield from variables(section, f"{prefix}{name.upper()}{NESTED}")


def _environment() -> Mapping[str, str]:
    return {name.upper(): value for name, value in os.environ.items()}  # noqa: TID251  # the one home


def _unknown_variables(model: type[ProgramSettings], prefix: str) -> list[str]:
    if not prefix:
        return []
    known = set(variables(model, prefix))
    return [
        f"The variable {name} is not known; the names are in the example file."
        for name in sorted(_environment())
        if name.startswith(prefix) and name not in known
    ]


def _fill_secrets(model: type[BaseModel], values: dict[str, Any], place: _Place) -> list[str]:
    problems: list[str] = []
    environment = _environment()
    for name, field in model.model_fields.items():
        section = _section_of(field)
        if section is not None:
            inner = values.setdefault(name, {}) if _has_secret(section) else values.get(name)
            if isinstance(inner, dict):
                problems += _fill_secrets(section, inner, place.within(name))
                if not inner and not field.is_required():
                    values.pop(name, None)
        elif _is_secret(field):
            in_file = values.pop(f"{name}_file", None)
            source = environment.get(f"{place.variable}{name.upper()}_FILE", in_file)
            if source is not None:
                problems += _take_secret(values, name, str(source), place)
    return problems


def _has_secret(model: type[BaseModel]) -> bool:
    return any(_is_secret(field) for field in model.model_fields.values())


def _take_secret(values: dict[str, Any], name: str, source: str, place: _Place) -> list[str]:
    label = f"{place.path}{name}"
    if name in values or f"{place.variable}{name.upper()}" in _environment():
        return [f"{label}: given both as a value and as a file; keep one."]
    try:
        with Path(source).open("rb") as file:
            content = file.read(SECRET_FILE_MAX_BYTES + 1)
    except OSError as error:
        values[name] = "unread"  # one sentence about it is enough: no second one about a missing value
        return [f"{label}: the secret file {source} cannot be read: {error.strerror}."]
    if len(content) > SECRET_FILE_MAX_BYTES:
        values[name] = "unread"
        return [f"{label}: the secret file {source} is larger than {SECRET_FILE_MAX_BYTES} bytes."]
    values[name] = content.decode("utf-8", "surrogateescape").rstrip("\r\n")
    return []


def _explain(detail: ErrorDetails) -> str:
    label = ".".join(str(part) for part in detail["loc"]) or "settings"
    match detail["type"]:
        case "missing":
            return f"{label}: is missing; it has no default."
        case "extra_forbidden":
            return f"{label}: is not a known setting; look for a spelling mistake."
        case _:
            text = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
            return f"{label}: {text[:1].lower()}{text[1:]}."


__all__ = ["ProgramSettings", "Section", "SettingsError", "variables"]
