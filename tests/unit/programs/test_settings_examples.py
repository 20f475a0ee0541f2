"""The example settings say what the classes say: same names, same defaults."""

import tomllib
from pathlib import Path

from hub.settings import HubSettings

EXAMPLE = Path(__file__).parents[3] / "config/hub/hub.toml"


def test_the_hub_example_is_the_class_word_for_word() -> None:
    given = tomllib.loads(EXAMPLE.read_text("utf-8"))
    assert HubSettings.load(EXAMPLE) == HubSettings()
    for section, model in (
        ("", HubSettings),
        ("broker", type(HubSettings().broker)),
        ("shop", type(HubSettings().shop)),
        ("verify", type(HubSettings().verify)),
    ):
        written = given if not section else given[section]
        shown = {name for name in written if not isinstance(written[name], dict)}
        commented = {name for name in model.model_fields if f"# {name} = " in EXAMPLE.read_text("utf-8")}
        sections = {"broker", "shop", "verify"} if not section else set()
        assert shown | commented | sections >= set(model.model_fields), section
        assert shown <= set(model.model_fields), section
