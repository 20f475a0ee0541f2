"""Signing pickup tokens at the hub and verifying them in the stores: Ed25519 (RFC 8032).

A key's id is the BLAKE2b-4 of its public half in hex, so nobody has to keep a register of names. A
store holds public halves only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.keys.errors import KeyFileBroken
from sync.keys.key_file import read_secret, write_secret
from sync.rules.errors import TokenRefused
from sync.rules.pickup_token import (
    MOST_CLAIM_BYTES,
    Claims,
    decode_claims,
    encode_claims,
    fitted,
    from_text,
    to_text,
)

SECRET_BYTES: Final = 32
PUBLIC_BYTES: Final = 32


def key_id_of(public: bytes) -> str:
    """The id of a public key: 8 hex characters."""
    return blake2b(public, digest_size=4).hexdigest()


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key; its secret never shows in a repr or a log.

    Attributes:
        public: the public half, 32 bytes: what stores get.
        key_id: the id that tokens name.
    """

    _private: Ed25519PrivateKey
    public: bytes = field(init=False)
    key_id: str = field(init=False)

    def __post_init__(self) -> None:
        public = self._private.public_key().public_bytes_raw()
        object.__setattr__(self, "public", public)
        object.__setattr__(self, "key_id", key_id_of(public))

    @classmethod
    def generate(cls) -> "SigningKey":
        """A new random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, secret: bytes) -> "SigningKey":
        """The key with this 32-byte secret.

        Raises:
            ValueError: not 32 bytes.
        """
        return cls(Ed25519PrivateKey.from_private_bytes(secret))

    @classmethod
    def create(cls, path: Path) -> "SigningKey":
        """A new key, kept at `path` (mode 0600, fsynced) before it is used.

        Raises:
            FileExistsError: there is a file already; keys are never overwritten.
        """
        key = cls.generate()
        write_secret(path, key.to_bytes().hex())
        return key

    @classmethod
    def load(cls, path: Path) -> "SigningKey":
        """The key kept at `path`.

        Raises:
            KeyFault: missing, readable by others, or no key.
        """
        try:
            return cls.from_bytes(bytes.fromhex(read_secret(path)))
        except ValueError as error:
            msg = f"{path} holds no signing key: {SECRET_BYTES} bytes in hex are expected"
            raise KeyFileBroken(msg) from error

    def to_bytes(self) -> bytes:
        """The secret, 32 bytes: for the key file alone."""
        return self._private.private_bytes_raw()

    def sign(self, claims: Claims) -> str:
        """The token's text (`OMO1:…`); claims too large for a code carry a digest of their lines."""
        named = replace(claims, key_id=self.key_id)
        data = encode_claims(named)
        if len(data) > MOST_CLAIM_BYTES:
            data = encode_claims(fitted(named))
        return to_text(data, self._private.sign(data))

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"


class KeyRing:
    """The public keys that a store trusts, by id."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        """Keep `keys`: key id to 32 public bytes.

        Raises:
            ValueError: an id that is not its key's, or no key.
        """
        self._keys: dict[str, Ed25519PublicKey] = {}
        for key_id, public in keys.items():
            if key_id_of(public) != key_id:
                msg = f"{key_id} is not the id of its key"
                raise ValueError(msg)
            self._keys[key_id] = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def of(cls, *publics: bytes) -> "KeyRing":
        """A ring of public keys under their own ids."""
        return cls({key_id_of(public): public for public in publics})

    def verify(self, text: str) -> Claims:
        """The claims in a scanned text, signed by a key of this ring.

        Raises:
            TokenRefused: `not_a_token`, `damaged`, `unknown_key`, `forged`.
        """
        data, signature = from_text(text)
        claims = decode_claims(data)
        key = self._keys.get(claims.key_id)
        if key is None:
            raise TokenRefused("unknown_key", key_id=claims.key_id)
        try:
            key.verify(signature, data)
        except InvalidSignature as error:
            raise TokenRefused("forged", key_id=claims.key_id) from error
        return claims
