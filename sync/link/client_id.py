"""The name of a connection at the broker: nobody else can guess it.

A broker that sees a client id a second time cuts the first connection, whoever the second one belongs
to. With an id that can be guessed, one store's credential would be enough to keep the hub and every
other store off the line. So a part of the id comes from the secret, which brokers never check against it.
"""

import hashlib
from typing import Final

DIGEST_BYTES: Final = 8


def client_id(name: str, secret: str) -> str:
    """Return `name` with a suffix that only holders of `secret` know.

    The same name and secret give the same id, so that a program that comes back takes the place of the
    connection it lost, and that one's last will is published before it says that it is here again.

    Args:
        name: What operators see in the broker's log, `hub-4711`.
        secret: The connection's secret; it cannot be worked out from the id.
    """
    digest = hashlib.blake2b(secret.encode(), digest_size=DIGEST_BYTES, person=b"omo-client-id")
    return f"{name}-{digest.hexdigest()}"
