"""Steps of plans where people meet them: the plan form, the plan's page, the product's page, the market file."""

import json

import pytest

from haowu.market import loading as market
from merchants.models import Plan
from merchants.steps import Comparator, Mode, Step
from tests import build
from tests.browser import browser, text

pytestmark = pytest.mark.django_db
ASKED = {
    "type": "normal",
    "product_code": "p1",
    "commission_bps": "10",
    "streamers-TOTAL_FORMS": "0",
    "streamers-INITIAL_FORMS": "0",
}
STEP = {"step_threshold": "100", "step_bps": "15", "step_mode": "retroactive", "step_comparator": ">="}


@pytest.fixture
def merchant():
    made = build.merchant("m1")
    build.product(made, "p1")
    return made


def test_a_plan_with_a_step_opens_and_both_sides_read_it(merchant):
    answer = browser(merchant).post("/plans/new/", ASKED | STEP)
    plan = Plan.objects.get()
    assert plan.step == Step(100, 1500, Mode.RETROACTIVE, Comparator.REACHED)
    said = "每位达人达到 100 单后，全部订单按 15%"
    assert said in text(browser(merchant).get(answer.url))
    assert said in text(browser(build.streamer("s1")).get(f"/selection/{plan.product.public_id}/"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (STEP | {"step_bps": ""}, "阶梯门槛和阶梯佣金率要一起填，或都留空。"),
        (STEP | {"step_threshold": ""}, "阶梯门槛和阶梯佣金率要一起填，或都留空。"),
        (STEP | {"step_bps": "10"}, "阶梯佣金率须高于计划里的每个佣金率"),
    ],
)
def test_half_a_step_or_a_lower_one_is_refused_in_words(merchant, changes, said):
    assert said in text(browser(merchant).post("/plans/new/", ASKED | changes))
    assert not Plan.objects.exists()


def test_a_market_file_opens_a_plan_with_a_step(tmp_path):
    step = {"threshold": 3, "bps": 1500, "mode": "incremental"}
    products = [{"code": "p1", "price_fen": 5000}]
    plan = {"merchant": "m1", "type": "normal", "product": "p1", "rates": [{"bps": 1000}], "step": step}
    file = {"merchants": [{"code": "m1", "products": products}], "plans": [plan]}
    assert market.load(json.loads(json.dumps(file))).refusals == []
    assert Plan.objects.get().step == Step(3, 1500, Mode.INCREMENTAL, Comparator.OVER)
