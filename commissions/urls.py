from django.urls import path

from commissions.views import effect, orders, rates, statements

urlpatterns = [
    path("plans/<str:public_id>/rate/", rates.ChangeRate.as_view(), name="change-rate"),
    path("split-preview/", rates.SplitPreview.as_view(), name="split-preview"),
    path("orders/", orders.OrderList.as_view(), name="orders"),
    path("orders/lines/<int:pk>/", orders.LinePage.as_view(), name="line"),
    path("effect/", effect.LeaderEffect.as_view(), name="effect"),
    path("earnings/", statements.Earnings.as_view(), name="earnings"),
    path("statements/", statements.StatementList.as_view(), name="statements"),
    path("statements/<str:account>/<str:day>/", statements.StatementPage.as_view(), name="statement"),
    path("statements/<str:account>/<str:day>/lines.csv", statements.StatementLines.as_view(), name="statement-lines"),
]
