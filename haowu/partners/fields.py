"""The fields of what clients send: each judged by ``haowu.ground.inputs``, each saying in the schema what it takes.

DRF's own fields are made for forms: they read ``"yes"`` as true, ``1000.0`` as 1000, a time without offset as local.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid

CODE_LENGTH = 64
_CONTROL = r"\u0000-\u001f\u007f-\u009f"
TEXT_PATTERN = rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$"
"""What ``inputs.text`` takes: no control characters, and not blank."""
BLANK_OR_TEXT_PATTERN = rf"^[^{_CONTROL}]*$"
BLANK_OR_LINES_PATTERN = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"
YEAR_PATTERN = "(19[7-9][0-9]|2[01][0-9]{2})"
DAY_PATTERN = rf"^{YEAR_PATTERN}-[0-9]{{2}}-[0-9]{{2}}$"
_TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
MOMENT_PATTERN = rf"^{YEAR_PATTERN}-[0-9]{{2}}-[0-9]{{2}}[Tt]{_TIME}$"

DAY_SCHEMA = {"type": "string", "format": "date", "pattern": DAY_PATTERN}
MONTH_SCHEMA = {"type": "string", "pattern": f"^{YEAR_PATTERN}-(0[1-9]|1[0-2])$"}
MOMENT_SCHEMA = {"type": "string", "format": "date-time", "pattern": MOMENT_PATTERN}


def code_schema(max_length: int = CODE_LENGTH, pattern: str = TEXT_PATTERN) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": max_length, "pattern": pattern}


class InputField(serializers.Field):
    """A value that ``read`` judges; ``InputInvalid`` becomes the error of the place in which it stands."""

    schema: dict[str, Any]

    def read(self, sent: Any) -> Any:
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> Any:
        try:
            return self.read(data)
        except InputInvalid as error:
            raise serializers.ValidationError(str(error), code="invalid") from None

    def to_representation(self, value: Any) -> Any:
        return value


class CodeField(InputField):
    """A code, name or number that another system chose: kept as it is, to the character."""

    def __init__(self, *, max_length: int = CODE_LENGTH, pattern: str = TEXT_PATTERN, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = max_length
        self.schema = code_schema(max_length, pattern)

    def read(self, sent: Any) -> str:
        return inputs.text(sent, max_length=self.max_length)


class PlainCodeField(CodeField):
    """As ``CodeField``, of the plain characters that a bank's remark and an address carry unchanged."""

    def __init__(self, **options: Any) -> None:
        super().__init__(pattern=rf"^{inputs.PLAIN}$", **options)

    def read(self, sent: Any) -> str:
        return inputs.plain(sent, max_length=self.max_length)


class TextField(InputField):
    """Words for people; blanks around them are dropped. ``allow_blank``: there may be none, or several lines."""

    def __init__(self, *, max_length: int, allow_blank: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.max_length = max_length
        self.may_be_blank = allow_blank
        self.schema = {"type": "string", "maxLength": max_length, "pattern": BLANK_OR_LINES_PATTERN}
        if not allow_blank:
            self.schema |= {"minLength": 1, "pattern": TEXT_PATTERN}

    def read(self, sent: Any) -> str:
        words = sent.strip() if isinstance(sent, str) else sent
        if self.may_be_blank and words == "":
            return ""
        return inputs.text(words, max_length=self.max_length, lines=self.may_be_blank)


class WholeField(InputField):
    """A JSON integer: no text, no ``true``, no ``1000.0``."""

    def __init__(self, *, low: int = 0, high: int = inputs.MAX_WHOLE, **options: Any) -> None:
        super().__init__(**options)
        self.low, self.high = low, high
        self.schema = {"type": "integer", "minimum": low, "maximum": high}
        if high > inputs.MAX_WHOLE:
            self.schema["format"] = "int64"

    def read(self, sent: Any) -> int:
        return inputs.whole(sent, low=self.low, high=self.high)


class AmountField(WholeField):
    """Whole fen."""

    def __init__(self, *, low: int = 0, **options: Any) -> None:
        super().__init__(low=low, high=inputs.MAX_AMOUNT_FEN, **options)


class MomentField(InputField):
    """RFC 3339 with an offset."""

    schema = MOMENT_SCHEMA

    def read(self, sent: Any) -> datetime:
        return inputs.moment(sent)


class DayField(InputField):
    schema = DAY_SCHEMA

    def read(self, sent: Any) -> date:
        return inputs.day(sent)


class FlagField(InputField):
    schema = {"type": "boolean"}

    def read(self, sent: Any) -> bool:
        if not isinstance(sent, bool):
            raise InputInvalid(_("须为 true 或 false。"))
        return sent


class ChoiceField(serializers.ChoiceField):
    """One of the words that the schema lists."""

    default_error_messages = {"invalid_choice": _("须为以下之一：{choices}。")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices="、".join(self.choices))
        return data


@extend_schema_field(MONTH_SCHEMA)
class MonthField(serializers.DateField):
    """Of an answer: ``2024-06``, which is no date."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m", read_only=True, **options)


class AnyField(serializers.Field):
    """A value as sent: the items of a batch that are judged one by one, so that a bad one never spoils the others.

    ``item`` is the serializer that describes a good one; ``otherwise`` says what becomes of others.
    """

    item: ClassVar[type[serializers.Serializer]]
    otherwise: ClassVar[Any]

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        return data


class InputFieldSchema(OpenApiSerializerFieldExtension):
    target_class = InputField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        return dict(self.target.schema)


class AnyFieldSchema(OpenApiSerializerFieldExtension):
    target_class = AnyField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        item = auto_schema.resolve_serializer(self.target.item, direction).ref
        return {"anyOf": [item, {"description": str(self.target.otherwise)}]}
