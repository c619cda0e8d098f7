"""Random histories of an activity, enrolments and second leaders: the past never changes, the limits always hold."""

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from haowu.ground.errors import Refused, single
from merchants import listing
from merchants.models import Product
from streamers.offers import PickSource
from streamers.terms import OfferBook
from tests.build import activity, leader, merchant, moment, product, streamer
from tests.campaign import SEED, parts, tallied
from tests.world import undone
from tuanzhang import activities, changes, enrolling, second_level
from tuanzhang.models import Activity, ChangeRequest, Enrolment, SecondLevel

pytestmark = pytest.mark.django_db
HISTORIES, STEPS = 6, 25
BEGIN, END = moment("2024-06-01 00:00"), moment("2024-07-20 00:00")
MINIMUM = (500, 100)
EVERY = timedelta(hours=7)
IN_SQL = 0.1
"""In so many of the moments the query is asked too."""


class History:
    """One product, one activity, one streamer who picked through it, two who would be second leaders."""

    def __init__(self, seed: str) -> None:
        self.dice = random.Random(seed)
        self.by, self.partners = leader(), [leader(), leader()]
        self.activity = activity(self.by, begins_at=BEGIN, ends_at=END, minimum=MINIMUM, joining="all")
        self.goods = product(merchant())
        self.seller = streamer()
        self.answered: dict[datetime, tuple] = {}
        self.now = BEGIN

    def step(self) -> str:
        """Some time passes; somebody tries something. Its name, or the code of its refusal."""
        self.now += self.dice.choice([timedelta(minutes=50), timedelta(hours=13), timedelta(days=2, hours=3)])
        act = self.dice.choice(ACTS)
        try:
            with transaction.atomic():
                act(self)
        except Refused as refused:
            return refused.code
        return act.__name__

    def check(self) -> None:
        book = OfferBook([self.goods])
        items = list(Enrolment.objects.with_terms())
        asked = random.Random(str(self.now))
        at = BEGIN - EVERY
        while at < END + EVERY:
            offers = [self._offer(book, at, partner) for partner in (None, *self.partners)]
            for commission, fee, second, _leader in filter(None, offers):
                assert commission >= MINIMUM[0] and fee >= MINIMUM[1] and commission + fee <= 9000, at
                assert second == 0 or MINIMUM[1] <= second <= fee, at
            live = {item.pk for item in items if item.is_live(at)}
            if asked.random() < IN_SQL:
                assert live == set(Enrolment.objects.live(at).values_list("pk", flat=True)), at
            assert bool(live) == (offers[0] is not None) and len(live) <= 1, at
            if at < self.now:
                assert self.answered.setdefault(at, tuple(offers)) == tuple(offers), (
                    f"{at} was answered otherwise at {self.now}"
                )
            at += EVERY

    def _offer(self, book: OfferBook, at: datetime, partner) -> tuple | None:
        through = PickSource(self.activity.code, partner.pk if partner else None)
        offer = book.choose(self.goods.pk, self.seller.pk, at, through).offer
        return offer and (offer.commission_bps, offer.service_fee_bps, offer.second_bps, offer.second_leader_id)

    def rates(self) -> tuple[int, int]:
        return self.dice.choice([500, 1500, 2000, 4000, 8000]), self.dice.choice([100, 300, 600, 1000, 1500])

    def one(self, rows):
        rows = list(rows.order_by("pk"))
        if not rows:
            raise Nothing
        return self.dice.choice(rows)


class Nothing(Refused):
    code = "NOTHING_THERE"


def enrol(h):
    days = [None, h.now + timedelta(days=h.dice.randint(1, 20))]
    window = {"starts_at": h.dice.choice([None, h.now]), "ends_at": h.dice.choice(days)}
    commission, fee = h.rates()
    goods = Product.objects.get(pk=h.goods.pk)
    made = enrolling.enrol(h.activity, goods, at=h.now, commission_bps=commission, service_fee_bps=fee, **window)
    if h.dice.random() < 0.8:
        single(enrolling.pass_many([made], at=h.now))


def audit(h):
    made = h.one(Enrolment.objects.waiting())
    single(enrolling.pass_many([made], at=h.now))


def raise_rates(h):
    changes.raise_rates(h.one(Enrolment.objects.all()), *h.rates(), at=h.now)


def ask_lower(h):
    changes.ask_lower(h.one(Enrolment.objects.all()), *h.rates(), at=h.now)


def ask_cancel(h):
    changes.ask_cancel(h.one(Enrolment.objects.all()), at=h.now)


def agree(h):
    changes.agree(h.one(ChangeRequest.objects.all()), at=h.now)


def refuse(h):
    changes.refuse(h.one(ChangeRequest.objects.all()), "no", at=h.now)


def retract(h):
    changes.retract(h.one(ChangeRequest.objects.all()), at=h.now)


def quiet(h):
    changes.agree_quiet([h.one(ChangeRequest.objects.all()).pk], at=h.now)


def apply(h):
    bps, whole = h.dice.choice([100, 300, 600, 1000]), h.dice.random() < 0.5
    made = second_level.apply(
        h.dice.choice(h.partners), h.one(Enrolment.objects.all()), bps, at=h.now, whole_item=whole
    )
    if h.dice.random() < 0.7:
        single(second_level.pass_many([made], at=h.now))


def pass_second(h):
    single(second_level.pass_many([h.one(SecondLevel.objects.all())], at=h.now))


def ask_end(h):
    part = h.one(SecondLevel.objects.all())
    second_level.ask_end(part, part.first_leader, at=h.now)


def answer_end(h):
    part = h.one(SecondLevel.objects.all())
    second_level.answer_end(part, part.second_leader, h.dice.random() < 0.7, at=h.now)


def end(h):
    enrolling.end(h.one(Enrolment.objects.all()), at=h.now)


def extend(h):
    enrolling.extend(h.one(Enrolment.objects.all()), h.now + timedelta(days=9), at=h.now)


def reshelve(h):
    goods = Product.objects.get(pk=h.goods.pk)
    listing.delist_product(goods, at=h.now)
    listing.list_product(goods, at=h.now)


def close(h):
    if h.dice.random() < 0.1:
        activities.close(Activity.objects.get(), at=h.now)


ACTS = [enrol, enrol, enrol, audit, raise_rates, ask_lower, ask_lower, ask_cancel, agree, refuse, retract, quiet,
        apply, apply, pass_second, ask_end, answer_end, end, extend, reshelve, close]  # fmt: skip


@pytest.mark.campaign
@pytest.mark.parametrize("part", parts(2, 60))
def test_what_was_true_stays_true_and_no_limit_is_ever_passed(part, record_property):
    with tallied(record_property, "activity histories") as tally:
        for number in range(HISTORIES):
            with undone():
                history = History(f"{SEED} {part} {number}")
                for _step in range(STEPS):
                    tally.count("done" if history.step().islower() else "refused")
                    history.check()
                tally.count("histories")
        assert tally.counts["done"] > HISTORIES * STEPS / 8
