"""A store's own certificate authority, and the certificates that it gives to its agent. Keeps no file.

The authority is bound to private names and addresses (RFC 5280, 4.2.1.10) and to one step: whoever stole its
key could speak for machines in a shop's network, for nothing else. Keys are ECDSA on P-256, which every
phone since Android 4.4 and iOS 5 knows. This module is imported only where the network is opened.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pos_agent.errors import CertificateTrouble
from pos_agent.lan.names import PRIVATE_ENDINGS, PRIVATE_NETWORKS, as_address

AUTHORITY_LIFE: Final = timedelta(days=3650)
SERVED_LIFE: Final = timedelta(days=397)
"""Browsers take no longer life (CA/Browser Forum, 6.3.2); apart from the day before the issue."""
SERVED_CALLED: Final = "OMO Hub till"
"""No host name: where a certificate has addresses alone, OpenSSL takes what looks like one for a name that
the authority may not speak for (X509_check_host, NAME_CONSTRAINTS_check_CN). Browsers read the
other field."""
_DAMAGED: Final = "the file of the store's authority is damaged"
EARLIER: Final = timedelta(days=1)
"""Certificates count from a day before they are made: a phone's clock may be behind."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority: its certificate, and the key that signs."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate as phones show it: pairs of hex digits with colons."""
        return hashlib.sha256(self.der).digest().hex(":").upper()

    @property
    def der(self) -> bytes:
        """The certificate as phones take it in."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def make_authority(store: str, now: datetime) -> Authority:
    """A new authority of ten years.

    Args:
        store: id of the store; part of the name that a phone shows.
        now: the present.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"Store {store}"[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"OMO store {store}"[:50] + f" {now:%Y-%m-%d}"),
        ]
    )
    public = key.public_key()
    certificate = (
        _builder(name, name, public, now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(_private_only(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def read_authority(pem: bytes, path: str = "") -> Authority:
    """The authority in a file of key and certificate; `path` is the file, for the words of the error.

    Raises:
        CertificateTrouble: it holds none, or the two do not belong together.
    """
    try:
        key = serialization.load_pem_private_key(pem, None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError) as error:
        raise CertificateTrouble(_DAMAGED, "damaged", path) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise CertificateTrouble(f"{_DAMAGED}: key and certificate differ", "damaged", path)
    return Authority(certificate, key)


def write_authority(authority: Authority) -> bytes:
    """Key and certificate as text: a secret."""
    return _key_pem(authority.key) + authority.pem


def issue(authority: Authority, names: Sequence[str], now: datetime) -> bytes:
    """A new key with its certificate and the authority's, as text: what the server serves.

    Args:
        authority: signs it.
        names: names and addresses, at least one, that the browser may ask for.
        now: the present; the certificate ends 397 days after the day before, and never after its authority.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVED_CALLED)])
    life = min(SERVED_LIFE - EARLIER, authority.certificate.not_valid_after_utc - now)
    key_id = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(name, authority.certificate.subject, key.public_key(), now, life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_name(text) for text in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_id), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _key_pem(key) + certificate.public_bytes(serialization.Encoding.PEM) + authority.pem


@dataclass(frozen=True, slots=True)
class Served:
    """What a served certificate says of itself."""

    names: frozenset[str]
    begins: datetime
    ends: datetime


def read_served(pem: bytes, authority: Authority) -> Served | None:
    """What a served certificate says; None where it is damaged or not of this authority."""
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
        key = serialization.load_pem_private_key(pem, None)
        certificate.verify_directly_issued_by(authority.certificate)
        told = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
        return None
    if key.public_key() != certificate.public_key():
        return None
    addresses = {str(one) for one in told.get_values_for_type(x509.IPAddress)}
    names = frozenset(told.get_values_for_type(x509.DNSName)) | addresses
    return Served(names, certificate.not_valid_before_utc, certificate.not_valid_after_utc)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private_only() -> x509.NameConstraints:
    permitted: list[x509.GeneralName] = [x509.DNSName(end) for end in PRIVATE_ENDINGS]
    return x509.NameConstraints([*permitted, *map(x509.IPAddress, PRIVATE_NETWORKS)], None)


def _name(text: str) -> x509.GeneralName:
    address = as_address(text)
    return x509.DNSName(text) if address is None else x509.IPAddress(address)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
