"""What a printer model can do, one TOML file per model, and the loader that checks it."""

from devices.profiles.loader import Profile, load_profile, profile_names

__all__ = ["Profile", "load_profile", "profile_names"]
