"""The thorough profile is known before pytest looks for it; no example is judged by the time it takes."""

from hypothesis import settings

from tests.property.profiles import THOROUGH

__all__ = ["THOROUGH"]

settings.register_profile("untimed", deadline=None)
if settings.get_current_profile_name() == "default":
    settings.load_profile("untimed")
