"""Members as pages need them: the user with his memberships, in one question."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from haowu.tenants.models import Membership, User


class MemberBackend(ModelBackend):
    """Django's own for passwords. Whom a session names is read together with what he is a member of."""

    def get_user(self, user_id: Any) -> User | None:
        memberships = list(Membership.objects.filter(user=user_id).select_related("user", "tenant"))
        user = memberships[0].user if memberships else super().get_user(user_id)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.known_memberships = memberships
        return user
