"""Staff's second step at sign-in: a code of an authenticator (TOTP), or one of ten recovery codes, each good once.

Whether it is asked for: ``settings.STAFF_SECOND_STEP``. Tries are counted as those of passwords are
(``haowu.tenants.sign_in``); the library also makes each device wait longer after each wrong code in a row.
"""

from base64 import b32encode
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp import login as otp_login
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from haowu.ground.errors import Refused
from haowu.tenants import recording
from haowu.tenants.models import User
from haowu.tenants.scope import PLATFORM, enter_scope
from haowu.tenants.sign_in import SECOND_STEP_TRIES
from haowu.web.addresses import client_address

CODES = 10
KIND = "second-step"


class CodeWrong(Refused):
    code = "SECOND_STEP_CODE_WRONG"
    text = _("验证码不对或已经用过。请等验证器换成下一个再试；手机不在身边时请用备用码。")


class AlreadyEnrolled(Refused):
    code = "SECOND_STEP_ENROLLED"
    text = _("已经绑定了验证器。要换一个，请先让另一位同事重置。")
    status = 409


class OwnReset(Refused):
    code = "SECOND_STEP_OWN_RESET"
    text = _("自己的两步验证须由另一位同事重置。")
    status = 403


class NothingToReset(Refused):
    code = "SECOND_STEP_NOTHING_TO_RESET"
    text = _("这位用户还没有绑定验证器，没有什么可重置的。")
    status = 409


class TriesUsedUp(Refused):
    code = "SECOND_STEP_TRIES_USED_UP"
    text = _("验证码错误次数太多。请 {minutes} 分钟后再试。")
    status = 429


def is_passed(user: Any) -> bool:
    """Whether ``user`` may work as staff: has given a code in this session, or none is asked for here."""
    return not settings.STAFF_SECOND_STEP or (user.is_authenticated and user.is_verified())


def is_enrolled(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def begin(user: User) -> TOTPDevice:
    """The authenticator that ``user`` is about to enrol: the same one until its first code has come."""
    if is_enrolled(user):
        raise AlreadyEnrolled
    device, _new = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": user.get_username()})
    return device


def secret_of(device: TOTPDevice) -> str:
    """For whoever types it in: in groups of four."""
    text = b32encode(device.bin_key).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def enrol(request: HttpRequest, code: str, at: datetime) -> list[str]:
    """The first code proves that the authenticator holds the secret. Returns recovery codes, to be shown once."""
    user = cast(User, request.user)
    device = begin(user)
    _judge(request, code, [device])
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = _make_codes(user)
    otp_login(request, device)
    _note("created", user, at, by=user, after={"device": "TOTP", "recovery_codes": CODES})
    return codes


def verify(request: HttpRequest, code: str, at: datetime) -> None:
    """Let this session work as staff. A recovery code is used up."""
    user = cast(User, request.user)
    own = {"user": user, "confirmed": True}
    with transaction.atomic():
        devices = [*TOTPDevice.objects.select_for_update().filter(**own), *StaticDevice.objects.filter(**own)]
        device = _judge(request, code, devices)
    otp_login(request, device)
    if isinstance(device, StaticDevice):
        left = codes_left(user)
        after = {"recovery_codes": left}
        _note("changed", user, at, by=user, before={"recovery_codes": left + 1}, after=after)


def renew_codes(user: User, at: datetime) -> list[str]:
    """Ten new recovery codes; those of before are good for nothing any more."""
    left = codes_left(user)
    codes = _make_codes(user)
    _note("changed", user, at, by=user, before={"recovery_codes": left}, after={"recovery_codes": CODES})
    return codes


def reset(user: User, reason: str, *, by: User | None, at: datetime) -> None:
    """Forget the authenticator and codes of ``user``, who enrols again at the next sign-in. Not one's own.

    Sessions that gave a code before do not work as staff any more. ``by`` is None for the command line.
    """
    if by is not None and by.pk == user.pk:
        raise OwnReset
    devices = [*TOTPDevice.objects.filter(user=user), *StaticDevice.objects.filter(user=user)]
    if not devices:
        raise NothingToReset
    for device in devices:
        device.delete()
    _note("deleted", user, at, by=by, reason=reason, before={"device": "TOTP"}, after={"device": None})


def _judge(request: HttpRequest, code: str, devices: list[Any]) -> Any:
    """The device that ``code`` is of. Every try is counted before it is looked at, and forgiven when it was right."""
    caller = (client_address(request), request.user.get_username())
    refused = SECOND_STEP_TRIES.begin(*caller)
    if refused is not None:
        raise TriesUsedUp(minutes=-(-refused.reset_seconds // 60))
    plain = code.replace(" ", "").lower()
    device = next((each for each in devices if each.verify_token(plain)), None)
    if device is None:
        raise CodeWrong
    SECOND_STEP_TRIES.forgive(*caller)
    return device


def _make_codes(user: User) -> list[str]:
    device, _new = StaticDevice.objects.get_or_create(user=user, defaults={"name": user.get_username()})
    device.token_set.all().delete()
    codes = [StaticToken.random_token() for _number in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _note(act: str, user: User, at: datetime, **details: Any) -> None:
    enter_scope(PLATFORM)
    recording.record(act, KIND, user.get_username(), at=at, **details)
