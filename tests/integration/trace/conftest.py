"""One demo for the trials of this folder: real programs, a real broker, a line that can be cut."""

from tests.integration.fire.conftest import scene

__all__ = ["scene"]
