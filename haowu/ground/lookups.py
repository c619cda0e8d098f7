"""Lookups that Django does not bring."""

from typing import Any

from django.db.models import Field, ForeignObject, Lookup

from haowu.ground.bulk import type_of


@ForeignObject.register_lookup  # which inherits none from Field
@Field.register_lookup
class AnyOf(Lookup):
    """``column__any_of=values``: as ``__in``, with the values as one array rather than a parameter each.

    For hundreds of keys, of which ``__in`` spends more time on writing the statement than the server on answering.
    The array stands in a subselect for the reason that ``bulk`` gives: known keys are looked up, not searched for.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, params = self.process_lhs(compiler, connection)
        kind = type_of(self.lhs.output_field)
        return f"{lhs} = ANY((SELECT %s::{kind}[])::{kind}[])", (*params, list(self.rhs))
