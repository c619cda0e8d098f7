"""How often a client of the API may call, and an address may try to be one."""

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from haowu.web.limits import Limit, RateLimited, Tries

REQUESTS = Limit("requests")
TOKENS = Limit("tokens")
TOKEN_TRIES = Tries(Limit("token-tries-of-address"), Limit("token-tries"))


class ClientRate(BaseThrottle):
    """Counts every request of a client that may make it; leaves where it stands on ``request.rate``."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        if request.auth:
            rate = REQUESTS.count(str(request.auth.application_id))
            if rate and rate.is_exceeded:
                raise RateLimited(rate)
            request.rate = rate
        return True
