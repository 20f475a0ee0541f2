"""One demo for the rehearsals of each file, and the people in it."""

from tests.integration.fire.conftest import scene

__all__ = ["scene"]
