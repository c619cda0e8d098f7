"""AES-GCM under named keys: what personal data looks like wherever it is stored.

``DATA_KEYS`` is ``id:base64,id:base64``: 32 bytes each, the first seals, all of them open. To retire a key put a new
one in front, run ``manage.py rotate_keys``, then drop the old one.
"""

import base64
import binascii
import os
import re
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NONCE_BYTES = 12
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True)
class Keyring:
    """``current`` names the key that seals. Keys stay out of ``repr``."""

    current: str
    keys: dict[str, bytes] = field(repr=False)

    def seal(self, plain: bytes, *, bound_to: str) -> bytes:
        """Nonce and ciphertext under the current key; opens only where ``bound_to`` is the same."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.keys[self.current]).encrypt(nonce, plain, bound_to.encode())

    def open(self, sealed: bytes, *, key_id: str, bound_to: str) -> bytes:
        """ImproperlyConfigured: no such key here. InvalidTag: changed, or sealed for something else."""
        if key_id not in self.keys:
            raise ImproperlyConfigured(f"DATA_KEYS has no key {key_id!r}, and rows are still sealed with it.")
        return AESGCM(self.keys[key_id]).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())


def keyring() -> Keyring:
    """The keys of the settings. ImproperlyConfigured where there are none or one is no key."""
    return _parsed(settings.DATA_KEYS)


@lru_cache(maxsize=8)
def _parsed(text: str) -> Keyring:
    keys: dict[str, bytes] = {}
    for entry in filter(None, (entry.strip() for entry in text.split(","))):
        key_id, _colon, encoded = entry.partition(":")
        if not _KEY_ID.fullmatch(key_id) or key_id in keys:
            raise ImproperlyConfigured("DATA_KEYS: each key is id:base64, with an id of its own.")
        try:
            keys[key_id] = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            keys[key_id] = b""
        if len(keys[key_id]) != KEY_BYTES:
            raise ImproperlyConfigured(f"DATA_KEYS: {key_id} is not {KEY_BYTES} bytes in base64.")
    if not keys:
        raise ImproperlyConfigured(
            "DATA_KEYS is not set: personal data cannot be sealed. Make one with"
            " python -c \"import base64, os; print('k1:' + base64.b64encode(os.urandom(32)).decode())\""
        )
    return Keyring(next(iter(keys)), keys)
