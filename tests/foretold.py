"""What a history holds, reckoned by the model alone: thirty times as quick as with the project."""

from tests.model import Model


def foretold(market: dict, acts: list[tuple]) -> set[str]:
    """The words of all movements on statements, the kinds of offers, and ``beyond the deposit``."""
    model = Model(market)
    for kind, *details in acts:
        _tell(model, kind, *details)
    moved = {word for entries in model.statements.values() for word, fen in entries.items() if fen}
    offers = {terms["kind"] for _key, _line, terms in model.known.lines()}
    return moved | offers | ({"beyond the deposit"} if model.uncovered else set())


def _tell(model: Model, kind: str, *details) -> None:
    if kind == "events":
        model.known.receive(*details)
    elif kind == "release":
        model.known.release(tuple(details[:3]), details[3])
    elif kind in {"rate", "end"}:
        (model.offers.set_rate if kind == "rate" else model.offers.end_plan)(*details)
    elif kind == "withdraw":
        party, number, tenths = details
        model.withdraw(party, number, model.balances[party, "available"] * tenths // 10)
    elif kind == "hold":
        model.hold(tuple(details[:3]), details[3])
    elif kind != "freeze" or details[1] != (details[0] in model.frozen):
        getattr(model, kind)(*details)
