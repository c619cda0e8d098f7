"""I16: one effect for each key that a caller may repeat. Searches for ``haowu.audit.invariants``."""

import json
from collections.abc import Iterator

from commissions.models import OrderEvent
from haowu.partners.models import IdempotentAnswer

ANSWERS_READ = 500
STORED = frozenset({"accepted", "parked", "duplicate"})

SEARCHES: list[tuple[str, str, str]] = [
    (
        "I16",
        "每个幂等键只有一个效果：接口请求、提现单号、充值单号、事件编号、记账凭证",
        """
        SELECT 'answer', client_id::text, key FROM partners_idempotentanswer GROUP BY 2, 3 HAVING count(*) > 1
        UNION ALL
        SELECT 'withdrawal', tenant_id::text, number FROM commissions_withdrawal GROUP BY 2, 3 HAVING count(*) > 1
        UNION ALL
        SELECT 'event', source_id::text, event_id FROM commissions_orderevent GROUP BY 2, 3 HAVING count(*) > 1
        UNION ALL
        SELECT 'posting', kind, reference FROM ledger_posting GROUP BY 2, 3 HAVING count(*) > 1
        """,
    ),
    (
        "I16.1",
        "充值凭证写明其商家，款项进入该商家的佣金账户",
        """
        SELECT posting.reference FROM ledger_posting AS posting
        JOIN ledger_account AS target ON target.id = posting.to_account_id
        WHERE posting.kind = 'top_up' AND (target.kind <> 'funding'
            OR NOT starts_with(posting.reference, 'top-up:' || target.owner_id || ':'))
        """,
    ),
    (
        "I16.3",
        "记账凭证永远只用一次：结算夜的凭证写明本行的账务日，其余凭证各有一行登记，登记也都有记账",
        """
        SELECT 'not kept', reference FROM ledger_posting AS posting WHERE NOT starts_with(reference, 'night:')
            AND NOT EXISTS (SELECT 1 FROM ledger_reference AS kept WHERE kept.reference = posting.reference)
        UNION ALL
        SELECT 'without posting', reference FROM ledger_reference AS kept
        WHERE NOT EXISTS (SELECT 1 FROM ledger_posting AS posting WHERE posting.reference = kept.reference)
        UNION ALL
        SELECT 'another day', reference FROM ledger_posting
        WHERE starts_with(reference, 'night:') AND NOT starts_with(reference, 'night:' || to_char(day, 'YYYY-MM-DD:'))
        """,
    ),
]


def broken_promises() -> Iterator[str]:
    """``client key event`` where one of the newest stored answers says that an event was taken which is not there."""
    for answer in IdempotentAnswer.objects.filter(status=200).order_by("-pk")[:ANSWERS_READ]:
        body = json.loads(answer.body)
        results = body.get("results", []) if isinstance(body, dict) else []
        answered = {result["event_id"] for result in results if result.get("status") in STORED}
        stored = OrderEvent.objects.filter(source=answer.tenant_id, event_id__in=answered)
        for missing in sorted(answered - set(stored.values_list("event_id", flat=True))):
            yield f"{answer.client_id} {answer.key} {missing}"
