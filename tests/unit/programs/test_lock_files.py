"""The lock files install by hash, also when newer releases are out."""

from pathlib import Path

import pytest

from tests.checks.locks import LOCKS, missing_extras

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_every_extra_that_is_asked_for(lock: str) -> None:
    assert missing_extras((ROOT / lock).read_text()) == []


def test_a_lock_without_an_extra_is_found_out() -> None:
    lock = "amqtt==0.12.1 \\\n    --hash=sha256:00\npwdlib==0.3.1 \\\n    --hash=sha256:00\n"
    assert missing_extras(lock) == ["amqtt wants pwdlib[argon2]"]
    assert missing_extras(lock.replace("pwdlib==", "pwdlib[argon2]==")) == []
