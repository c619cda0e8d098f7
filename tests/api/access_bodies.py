"""What the table of ``test_access`` posts: by path, a body that is good where the caller is welcome."""

from datetime import timedelta

from haowu.ground import days

TONIGHT = days.now() + timedelta(hours=6)
EVENT = {"events": [{"event_id": "mine", "type": "shipped", "order_no": "o9", "occurred_at": "2024-06-01T00:00:00Z"}]}
P1 = {"merchant": "m1", "code": "p1"}
BODIES = {
    "/order-events": EVENT,
    "/links": {"links": [{"pid": "x1", "sub_id": "a"}]},
    "/link-resolutions": {"texts": ["hello"]},
    "/live-sessions": {
        "title": "晚场",
        "starts_at": TONIGHT.isoformat(),
        "ends_at": (TONIGHT + timedelta(hours=2)).isoformat(),
    },
    "/live-sessions/e1/items": {"items": [{"pid": "x1"}]},
    "/live-sessions/e1/start": None,
    "/live-sessions/e1/end": None,
    "/withdrawals": {"number": "w2", "amount_fen": 300},
    "/withdrawals/w1/cancellation": None,
    "/stock-snapshots": {"sequence": 1, "counted_at": "2024-06-01T00:00:00Z", "rows": []},
    "/stock-changes": {"sequence": 2, "counted_at": "2024-06-01T00:00:00Z", "rows": []},
    "/brand-introductions": {
        "brands": [{"name": "x", "document_no": "1", "authorised_from": "2024-01-01", "authorised_to": "2099-01-01"}]
    },
    "/consents": {"base": "b1"},
    "/products": {"products": [{"code": "n1", "skus": [{"code": "n1", "price_fen": 100, "stock": 1}]}]},
    "/products/p1": {"title": "新标题"},
    "/listings": {"codes": ["p1"]},
    "/delistings": {"codes": ["p1"]},
    "/plans": {"plans": [{"type": "normal", "product": "p1", "commission_bps": 1000}]},
    "/plan-rates": {"rates": [{"product": "p1", "commission_bps": 1000}]},
    "/plan-endings": {"plans": ["x"]},
    "/consents/c1/withdrawal": None,
    "/activities": {"type": "normal", "title": "夏季", "begins_at": "2024-06-01T00:00:00+08:00"},
    "/activities/a1/publication": None,
    "/activities/a2/closing": None,
    "/enrolments": {"enrolments": [{"activity": "a2", "product": "p1", "commission_bps": 2000, "service_fee_bps": 0}]},
    "/enrolment-decisions": {"decisions": [{"enrolment": "x", "decision": "pass"}]},
    "/change-requests": {"enrolment": "x", "kind": "cancel"},
    "/change-request-answers": {"answers": [{"request": "x", "answer": "agree"}]},
    "/second-level": {"applications": [{"enrolment": "x", "bps": 100}]},
    "/second-level-decisions": {"decisions": [{"second_level": "x", "decision": "pass"}]},
    "/picks": {"picks": [{"product": {"merchant": "m1", "code": "nothing-here"}}]},
    "/unpicks": {"unpicks": [{"product": P1}]},
    "/shelf-replacements": {"replacements": [{"product": P1, "by": {"merchant": "m1", "code": "nothing-here"}}]},
    "/shelf-places": {"product": P1, "before": P1},
    "/shelf-moves": {"moves": [{"product": P1}]},
    "/shelf-groups": {"name": "今晚"},
    "/shelf-groups/none/name": {"name": "今晚"},
    "/shelf-groups/none/removal": None,
}
