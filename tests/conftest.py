"""What all tests share: tests that need a program which is not on the machine are skipped, and named.

`./omo test` says which components are missing (`OMO_TEST_MISSING`, Debian package names); under CI it
installs them first, so that nothing is skipped there.
"""

import os

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

NEEDS = {
    "broker": {"mosquitto"},
    "browser": {"chromium-headless-shell", "fonts-noto-cjk"},
    "camera": {"chromium"},
    "font": {"fonts-noto-cjk"},
    "zbar": {"zbar-tools"},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a missing component."""
    missing = set(os.environ.get("OMO_TEST_MISSING", "").split())
    for item in items:
        for marker, packages in NEEDS.items():
            lacking = sorted(packages & missing)
            if lacking and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(lacking)}"))
