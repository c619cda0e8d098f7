"""JSON in and out, whatever a client sends or asks for."""

from collections.abc import Sequence
from typing import Any, BinaryIO

from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid


class PrudentJSONParser(JSONParser):
    """RFC 8259 JSON, as ``inputs.json_of``. An absurd number or string is left to the field it stands in to refuse."""

    def parse(self, stream: BinaryIO, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return inputs.json_of(stream.read())
        except InputInvalid as error:
            raise ParseError from error


class PrudentJSONRenderer(JSONRenderer):
    """Text as it is; escaped where it echoes a lone surrogate, which UTF-8 cannot carry."""

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        try:
            return bytes(super().render(data, accepted_media_type, renderer_context))
        except UnicodeEncodeError:
            self.ensure_ascii = True
            return bytes(super().render(data, accepted_media_type, renderer_context))


class OnlyJSON(BaseContentNegotiation):
    """The API speaks JSON, whatever ``Accept`` says (RFC 9110 §12.1 lets a server do so)."""

    def select_parser(self, request: Request, parsers: Sequence[BaseParser]) -> BaseParser | None:
        return next((parser for parser in parsers if _is_json(request.content_type, parser.media_type)), None)

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


def _is_json(content_type: str | None, media_type: str) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == media_type
