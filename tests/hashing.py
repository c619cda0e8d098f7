"""What takes the time when a secret is judged: Argon2, counted and not replaced."""

import argon2
import pytest


@pytest.fixture
def hashes(monkeypatch) -> list[str]:
    """Every hash that is computed, however it was asked for: ``hash_secret`` or ``verify_secret``."""
    computed = []
    for name in ("hash_secret", "verify_secret"):
        real = getattr(argon2.low_level, name)

        def counted(*arguments, real=real, name=name, **options):
            computed.append(name)
            return real(*arguments, **options)

        for place in (argon2.low_level, argon2._password_hasher):
            if hasattr(place, name):
                monkeypatch.setattr(place, name, counted)
    return computed
