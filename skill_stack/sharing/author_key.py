"""Keys of authors: Ed25519, made at first use and kept under mode 0600; signatures over manifests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skill_stack.core.errors import DataError, SkillStackError

PURPOSE = b"skill-stack package manifest\n"
"""Put before what is signed, so that a signature for this is none for anything else."""
OWN = "author.pem"
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Sign = Callable[[bytes], bytes]
"""Signs the content of a manifest."""


def _ed25519() -> Any:
    """The module of the library; raises SkillStackError where it is missing."""
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ModuleNotFoundError as error:
        raise SkillStackError("signatures need the library cryptography: make setup EXTRAS=share") from error
    return ed25519


class AuthorKey:
    """The key by which this user's packages are signed.

    Attributes:
        public: The public key, 32 bytes.
    """

    def __init__(self, private: Any) -> None:
        """Wraps a private key of the library; use :meth:`load`."""
        self._private = private
        self.public: bytes = private.public_key().public_bytes_raw()

    @classmethod
    def load(cls, folder: Path) -> AuthorKey:
        """The key of a folder, which is made where there is none.

        Args:
            folder: Where keys are kept; becomes mode 0700.

        Raises:
            DataError: The file is no such key, or others can read it.
            SkillStackError: The library is missing.
        """
        ed25519 = _ed25519()
        path = folder / OWN
        if not path.exists():
            _make(ed25519, folder, path)
        if path.stat().st_mode & _OTHERS:
            raise DataError(f"{path}: others can read or write this key: chmod 600 {path}")
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            found = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError) as error:
            raise DataError(f"{path}: is no private key: {error}") from error
        if not isinstance(found, ed25519.Ed25519PrivateKey):
            raise DataError(f"{path}: is no Ed25519 key")
        return cls(found)

    def sign(self, content: bytes) -> bytes:
        """The signature over the content of a manifest, 64 bytes."""
        signature: bytes = self._private.sign(PURPOSE + content)
        return signature


def _make(ed25519: Any, folder: Path, path: Path) -> None:
    """Makes a key; readable for its owner alone from the first moment."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)


def is_signed(public: bytes, signature: bytes, content: bytes) -> bool:
    """Whether a signature over the content of a manifest is of a key.

    Args:
        public: The public key, 32 bytes.
        signature: 64 bytes.
        content: What was signed.
    """
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, PURPOSE + content)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public: bytes) -> str:
    """A public key for people, as ssh shows keys: ``SHA256:`` and 43 characters."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(public).digest()).decode().rstrip("=")


def as_text(content: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(content).decode()


def from_text(text: str) -> bytes:
    """Bytes of base64; raises DataError."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError(f"{text[:60]!r} is no base64") from error
