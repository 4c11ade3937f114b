"""Certificates for servers on loopback, by an authority of the test's own."""

import datetime as dt
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


@dataclass
class Authority:
    """``authority.context("127.0.0.1")`` is what a server speaks TLS with; ``root`` is the file
    that makes a client trust it."""

    folder: Path

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        certificate = self._sign(
            x509.CertificateBuilder()
            .subject_name(_name("The test's authority"))
            .public_key(self.key.public_key())
            .not_valid_before(now - 400 * DAY)
            .not_valid_after(now + 400 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        )
        self.root = self.folder / "root.pem"
        self.root.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str, *, expired: bool = False) -> ssl.SSLContext:
        """A server's side of TLS, with a certificate for this address or name."""
        key = ec.generate_private_key(ec.SECP256R1())
        until = dt.datetime.now(dt.UTC) + (-DAY if expired else 30 * DAY)
        certificate = self._sign(
            x509.CertificateBuilder()
            .subject_name(_name("A mail server"))
            .public_key(key.public_key())
            .not_valid_before(until - 60 * DAY)
            .not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
        )
        file = self.folder / f"server-{certificate.serial_number}.pem"
        pem = serialization.Encoding.PEM
        file.write_bytes(
            key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            + certificate.public_bytes(pem)
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        return context

    def _sign(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        number = x509.random_serial_number()
        named = builder.issuer_name(_name("The test's authority")).serial_number(number)
        return named.sign(self.key, hashes.SHA256())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
