from django.urls import path, re_path

from commissions.views import (
    disputes,
    earnings,
    files,
    funding,
    levels,
    months,
    orders,
    statements,
    withdrawals,
)

ENDING = "(?P<ending>csv|xlsx)"

urlpatterns = [
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/lines/<int:pk>/", orders.LinePage.as_view(), name="line"),
    path("levels/", levels.LevelPage.as_view(), name="levels"),
    path("levels/application/", levels.ApplyAgain.as_view(), name="apply-again"),
    path("levels/months/<str:month>/appeal/", levels.AppealMonth.as_view(), name="appeal-month"),
    path("levels/appeals/<str:public_id>/withdrawal/", levels.WithdrawAppeal.as_view(), name="withdraw-appeal"),
    path("levels/<str:quarter>/", levels.QuarterPage.as_view(), name="level-quarter"),
    path("levels/<str:quarter>/appeal/", levels.AppealQuarter.as_view(), name="appeal-quarter"),
    path("orders/lines/<int:pk>/dispute/", disputes.NewDispute.as_view(), name="new-dispute"),
    path("disputes/", disputes.DisputeList.as_view(), name="disputes"),
    path("disputes/<str:public_id>/", disputes.DisputePage.as_view(), name="dispute"),
    path("disputes/<str:public_id>/withdrawal/", disputes.WithdrawDispute.as_view(), name="withdraw-dispute"),
    path("earnings/", earnings.Earnings.as_view(), name="earnings"),
    path("withdrawals/", withdrawals.Withdrawals.as_view(), name="withdrawals"),
    path("withdrawals/<str:public_id>/", withdrawals.WithdrawalPage.as_view(), name="withdrawal"),
    path("withdrawals/<str:public_id>/cancellation/", withdrawals.CancelWithdrawal.as_view(), name="cancel-withdrawal"),
    path("bank-account/", withdrawals.BankAccountPage.as_view(), name="bank-account"),
    path("funding/", funding.FundingPage.as_view(), name="funding"),
    path("statements/", statements.StatementList.as_view(), name="statements"),
    re_path(rf"^statements/statements\.{ENDING}$", files.StatementListFile.as_view(), name="statements-file"),
    path("statements/months/", months.MonthList.as_view(), name="statement-months"),
    re_path(rf"^statements/months/months\.{ENDING}$", files.MonthListFile.as_view(), name="statement-months-file"),
    path("statements/months/<str:account>/<str:month>/", months.MonthPage.as_view(), name="statement-month"),
    re_path(
        rf"^statements/months/(?P<account>\w+)/(?P<month>[\d-]+)/month\.{ENDING}$",
        files.MonthFile.as_view(),
        name="statement-month-file",
    ),
    path("statements/<str:account>/<str:day>/", statements.StatementPage.as_view(), name="statement"),
    path("statements/<str:account>/<str:day>/lines.csv", files.StatementLines.as_view(), name="statement-lines"),
    re_path(
        rf"^statements/(?P<account>\w+)/(?P<day>[\d-]+)/statement\.{ENDING}$",
        files.StatementFile.as_view(),
        name="statement-file",
    ),
    path("statements/<str:account>/<str:day>/<str:kind>/", statements.EntryPage.as_view(), name="statement-entry"),
]
