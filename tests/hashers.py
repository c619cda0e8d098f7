"""Passwords in tests: the same algorithm at the least cost. At its real cost a hash holds eight threads for 0.1 s."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    time_cost = 1
    memory_cost = 8
    parallelism = 1
