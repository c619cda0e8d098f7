from django.urls import path

from commissions.api.events import OrderEventsView, OrderEventView
from commissions.api.levels import AssessmentsView, LevelsView, LevelView, RebatesView
from commissions.api.money import BalancesView, CancellationView, WithdrawalsView, WithdrawalView
from commissions.api.months import MonthsView, MonthView
from commissions.api.opened import EntryLinesView, EntryView, PostingsView
from commissions.api.orders import OrderLineView, OrdersView
from commissions.api.statements import StatementLinesView, StatementsView, StatementView

STATEMENT = "statements/<slug:account_kind>/<day:day>"

urlpatterns = [
    path("order-events", OrderEventsView.as_view(), name="order-events"),
    path("order-events/<text:event_id>", OrderEventView.as_view(), name="order-event"),
    path("orders", OrdersView.as_view(), name="orders"),
    path("orders/<text:order_no>/lines/<number:line_no>", OrderLineView.as_view(), name="order-line"),
    path("balances", BalancesView.as_view(), name="balances"),
    path("withdrawals", WithdrawalsView.as_view(), name="withdrawals"),
    path("withdrawals/<text:number>/cancellation", CancellationView.as_view(), name="withdrawal-cancellation"),
    path("withdrawals/<text:number>", WithdrawalView.as_view(), name="withdrawal"),
    path("level", LevelView.as_view(), name="level"),
    path("levels", LevelsView.as_view(), name="levels"),
    path("assessments", AssessmentsView.as_view(), name="assessments"),
    path("rebates", RebatesView.as_view(), name="rebates"),
    path("statements/months", MonthsView.as_view(), name="months"),
    path("statements/months/<slug:account_kind>/<month:month>", MonthView.as_view(), name="month"),
    path("statements", StatementsView.as_view(), name="statements"),
    path(STATEMENT, StatementView.as_view(), name="statement"),
    path(f"{STATEMENT}/lines", StatementLinesView.as_view(), name="statement-lines"),
    path(f"{STATEMENT}/postings", PostingsView.as_view(), name="statement-postings"),
    path(f"{STATEMENT}/entries/<slug:entry_kind>", EntryView.as_view(), name="statement-entry"),
    path(f"{STATEMENT}/entries/<slug:entry_kind>/lines", EntryLinesView.as_view(), name="statement-entry-lines"),
]
