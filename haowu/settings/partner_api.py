"""The partner API: OAuth scopes, REST framework, the published description."""

from django.utils.translation import gettext_lazy as _

OAUTH2_PROVIDER_APPLICATION_MODEL = "partners.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "order-events:write": _("推送订单事件"),
        "order-events:read": _("查看订单事件的处理结果"),
        "orders:read": _("查看订单"),
        "statements:read": _("查看对账单"),
        "stock:write": _("上报库存"),
        "stock:read": _("查看库存与上报结果"),
        "brands:write": _("引进品牌"),
        "brands:read": _("查看品牌库与引进结果"),
        "consents:write": _("同意基地存放自己的货，与撤回"),
        "consents:read": _("查看商家与基地的合作"),
        "activities:read": _("查看招商活动与二级合作"),
        "activities:write": _("管理招商活动与二级合作"),
        "enrolments:read": _("查看活动报名与变更申请"),
        "enrolments:write": _("报名、审核、申请变更与答复"),
        "levels:read": _("查看等级、考核与返点"),
        "earnings:read": _("查看余额与提现"),
        "withdrawals:write": _("申请与取消提现"),
        "selection:read": _("在选品中心找商品"),
        "shelf:read": _("读取自己的货架"),
        "shelf:write": _("选入、移出、分组、排序、替换"),
        "links:read": _("查看推广链接与点击"),
        "links:write": _("生成推广链接"),
        "sessions:read": _("查看直播场次与战报"),
        "sessions:write": _("排场次、开播、下播"),
        "trail:read": _("查看操作记录"),
    },
    "APPLICATION_ADMIN_CLASS": "haowu.partners.admin.ApiClientAdmin",
    "SCOPES_BACKEND_CLASS": "haowu.partners.oauth.ClientScopes",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",  # client credentials and no other grant
    "OAUTH2_BACKEND_CLASS": "haowu.partners.oauth.HeaderTokens",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # hashed
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,  # never in the address
    # Of grants that the server class does not offer at all; said so that ``check --deploy`` need not wonder.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

IDEMPOTENCY_DAYS = 30

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["haowu.web.formats.PrudentJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["haowu.web.formats.PrudentJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["haowu.partners.access.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["haowu.partners.access.MayCall"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "haowu.web.problems.respond",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "好物联盟 Partner API",
    "VERSION": "1.0.0",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "OAUTH2_FLOWS": ["clientCredentials"],
    "OAUTH2_TOKEN_URL": "/oauth/token/",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "commissions.models.OrderLine.Status",
        "SessionStatus": "streamers.models.LiveSession.Status",
        "EventVerdict": "commissions.models.OrderEvent.Verdict",
        "FeedKind": "bases.models.Feed.Kind",
        "FeedStatus": "bases.models.Feed.Status",
        "ConsentState": "bases.models.Consent.State",
        "IntroductionStatus": "bases.models.Introduction.Status",
        "StockRowStatus": ["accepted", "quarantined", "ignored"],
        "WhyShown": [
            "together",
            "sold_alike",
            "picked_alike",
            "field",
            "brand",
            "price",
            "earns",
            "selling",
            "new_chance",
            "chance",
        ],  # fmt: skip
        "IntroducedStatus": ["submitted", "duplicate", "rejected"],
        "ReceiptStatus": ["accepted", "duplicate", "parked", "rejected"],
        "PhaseKind": ["settlement", "clawback"],
        "AccountKind": "haowu.ledger.models.Account.Kind",
        "WithdrawalStatus": "commissions.models.Withdrawal.Status",
        "PostingKind": "haowu.ledger.models.Posting.Kind",
        "TrailAct": "haowu.approvals.words.Act",
        "TrailSubject": "haowu.approvals.words.Subject",
        "TrailSide": ["own", "other", "platform", "system"],
        "ActivityType": "tuanzhang.models.Activity.Type",
        "Joining": "tuanzhang.models.Activity.Joining",
        "ChangeKind": "tuanzhang.models.ChangeRequest.Kind",
        "SecondLevelStatus": "tuanzhang.models.SecondLevel.Status",
        "ResultStatus": ["accepted", "rejected"],
        "Level": "tuanzhang.models.LevelLabel",
        "AssessmentOutcome": "tuanzhang.models.MonthlyAssessment.Outcome",
        "Shortfall": "tuanzhang.models.MonthlyAssessment.Shortfall",
        "RebateMode": "tuanzhang.models.LevelPolicy.RebateMode",
        "Permission": ["held", "noticed", "revoked", "gone"],
    },
}
