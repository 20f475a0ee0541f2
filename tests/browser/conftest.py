"""The tests of one file share a browser, and often a furnished program: they stay in one worker."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)  # the plugin that sends items to workers reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group by file, so that what a file needs is set up once and not once in each worker."""
    for item in items:
        if item.path.is_relative_to(HERE) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(HERE))))
