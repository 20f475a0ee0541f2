"""The demo program and a client on it."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.unit.sync.web.demo_pages.program import Demo


@pytest.fixture
def demo() -> Demo:
    return Demo()


@pytest.fixture
def client(demo: Demo) -> Iterator[TestClient]:
    headers = {"accept-language": "en", "sec-fetch-site": "same-origin"}
    with TestClient(demo.app, headers=headers, follow_redirects=False) as client:
        yield client
