"""The books of other packages, each in a process and a database of its own: ``python -m … BOOKS prepare|run|count``.

They need Django settings of their own, so nothing of the house is loaded here. What one settled line does is
written as each package's documentation writes a transaction: the merchant pays, streamer, leader and platform receive.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction

MERCHANTS, STREAMERS, LEADERS = 100, 50, 10
PATIENCE_SECONDS = 20.0
BULK = 1_000
LEGS = 4
"""What the merchant pays, and the net of streamer, leader and platform, in yuan."""
PAID, PARTS = Decimal("57.00"), (Decimal("41.04"), Decimal("10.26"), Decimal("5.70"))


class Hordak:
    """django-hordak: ``Transaction`` and ``Leg`` in one database transaction, whose end its triggers check."""

    apps = ("mptt", "hordak")

    def prepare(self) -> None:
        models = importlib.import_module("hordak.models")
        for code, (kind, number) in enumerate(_parties(), start=1):
            types = models.AccountType
            type = types.income if kind == "platform" else types.liability
            models.Account.objects.create(name=f"{kind} {number}", code=str(code), type=type, currencies=["CNY"])

    def open(self) -> None:
        self.models = importlib.import_module("hordak.models")
        self.money = importlib.import_module("moneyed").Money
        accounts = iter(self.models.Account.objects.order_by("pk"))
        self.accounts = {party: next(accounts) for party in _parties()}

    def settle(self, first: int) -> int:
        with transaction.atomic():
            booked = self.models.Transaction.objects.create(description=f"line {first}")
            for account, side, fen in self._legs(first):
                self.models.Leg.objects.create(transaction=booked, account=account, **{side: self.money(fen, "CNY")})
        return 1

    def count(self) -> int:
        return importlib.import_module("hordak.models").Leg.objects.count()

    def _legs(self, number: int) -> list[tuple[Any, str, Decimal]]:
        payer, *paid = (self.accounts[party] for party in _of_line(number))
        return [(payer, "debit", PAID), *((account, "credit", fen) for account, fen in zip(paid, PARTS, strict=True))]


class HordakInBulk(Hordak):
    """The same as its own benchmark command writes them: many at once with ``bulk_create``, past ``save()``."""

    def settle(self, first: int) -> int:
        numbers = range(first, first + BULK)
        booked = [self.models.Transaction(description=f"line {number}") for number in numbers]
        legs = [
            self.models.Leg(transaction=each, account=account, **{side: self.money(fen, "CNY")})
            for each, number in zip(booked, numbers, strict=True)
            for account, side, fen in self._legs(number)
        ]
        with transaction.atomic():
            self.models.Transaction.objects.bulk_create(booked)
            self.models.Leg.objects.bulk_create(legs)
        return BULK


class DjangoLedger:
    """django-ledger: ``ledger.commit_txs`` with the journal entry posted, as its quick start does."""

    apps = ("django_ledger",)

    def prepare(self) -> None:
        io = importlib.import_module("django_ledger.io")
        entities = importlib.import_module("django_ledger.models.entity")
        users = importlib.import_module("django.contrib.auth").get_user_model()
        entity = entities.EntityModel.create_entity(
            name="bench", admin=users.objects.create(username="bench"), use_accrual_method=True, fy_start_month=1
        )
        entity.create_chart_of_accounts(assign_as_default=True, commit=True, coa_name="bench")
        for code, (kind, number) in enumerate(_parties(), start=1):
            role = io.roles.INCOME_OPERATIONAL if kind == "platform" else io.roles.LIABILITY_CL_ACC_PAYABLE
            name = f"{kind} {number}"
            entity.create_account(code=_code(kind, code), role=role, name=name, balance_type=io.CREDIT, active=True)
        entity.create_ledger(name="bench").post(commit=True)

    def open(self) -> None:
        self.io = importlib.import_module("django_ledger.io")
        models = importlib.import_module("django_ledger.models")
        self.ledger = models.LedgerModel.objects.select_related("entity").get(name="bench")
        by_code = {account.code: account for account in models.AccountModel.objects.all()}
        self.accounts = {party: by_code[_code(party[0], code)] for code, party in enumerate(_parties(), start=1)}

    def settle(self, first: int) -> int:
        payer, *paid = (self.accounts[party] for party in _of_line(first))
        legs = [(payer, self.io.DEBIT, PAID)]
        legs += [(account, self.io.CREDIT, amount) for account, amount in zip(paid, PARTS, strict=True)]
        self.ledger.commit_txs(
            je_timestamp=datetime(2026, 6, 9, 2, tzinfo=UTC),
            je_posted=True,
            je_origin="bench",
            je_desc=f"line {first}",
            je_txs=[
                {"account": account, "amount": amount, "tx_type": side, "description": "line"}
                for account, side, amount in legs
            ],
        )
        return 1

    def count(self) -> int:
        models = importlib.import_module("django_ledger.models")
        return models.TransactionModel.objects.filter(journal_entry__posted=True).count()


BOOKS: dict[str, Callable[[], Any]] = {
    "hordak": Hordak,
    "hordak-in-bulk": HordakInBulk,
    "django-ledger": DjangoLedger,
}


def _parties() -> list[tuple[str, int]]:
    counts = {"platform": 1, "merchant": MERCHANTS, "streamer": STREAMERS, "leader": LEADERS}
    return [(kind, number) for kind, count in counts.items() for number in range(count)]


def _code(kind: str, number: int) -> str:
    """Its charts of accounts want 4 before income, 2 before liabilities."""
    return f"{4 if kind == 'platform' else 2}{number:05}"


def _of_line(number: int) -> list[tuple[str, int]]:
    """Who pays and who is paid for line ``number``."""
    merchant, streamer, leader = number % MERCHANTS, number // 3 % STREAMERS, number // 7 % LEADERS
    return [("merchant", merchant), ("streamer", streamer), ("leader", leader), ("platform", 0)]


def _configure(books: Any) -> None:
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *books.apps],
        DATABASES={"default": json.loads(os.environ["OTHER_BOOKS_DATABASE"])},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        SECRET_KEY="bench",
        USE_TZ=True,
    )
    importlib.import_module("django").setup()


def _run(books: Any, first: int, count: int) -> dict[str, float]:
    """Up to ``count`` lines, or those of ``PATIENCE_SECONDS``. Begins when a line comes on standard input."""
    books.open()
    print("ready", flush=True)
    sys.stdin.readline()
    started, used, done = time.monotonic(), time.process_time(), 0
    while done < count and time.monotonic() - started < PATIENCE_SECONDS:
        done += books.settle(first + done)
    return {"lines": done, "seconds": time.monotonic() - started, "processor_seconds": time.process_time() - used}


def main(name: str, act: str, first: int = 0, count: int = 0) -> None:
    books = BOOKS[name]()
    _configure(books)
    if act == "prepare":
        importlib.import_module("django.core.management").call_command("migrate", verbosity=0, interactive=False)
        books.prepare()
        books.open()
        books.settle(0)  # django-ledger's numbers of a year begin with its first entry, which two at once cannot make
        print(json.dumps({"legs": books.count()}))
    elif act == "run":
        print(json.dumps(_run(books, first, count)))
    else:
        print(json.dumps({"legs": books.count()}))


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
