"""A hub that cannot start says why in one line, and which exit code that is."""

from pathlib import Path

import pytest

from hub.serve import main
from hub.settings import HubSettings


@pytest.mark.parametrize("below", ["", "/deeper"])
def test_a_folder_that_cannot_be_made_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], below: str
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file", "utf-8")
    settings = HubSettings(data_dir=Path(f"{taken}{below}"), port=0)
    assert main(settings) == 2
    said = capsys.readouterr().err
    assert said.startswith("omo-hub: ")
    assert str(taken) in said
    assert "Traceback" not in said
    assert taken.read_text("utf-8") == "a file"
