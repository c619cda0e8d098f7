"""A bench's figures: rows of one shape, and the machine they were seen on."""

import json
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from haowu.bench.house import superuser


@dataclass
class Row:
    """One measured case. ``n`` things in ``seconds``; the floor did the same things in ``floor_seconds``.

    ``peer`` names what else does them, ``ratio_to_peer`` how many times its rate ours is.
    """

    case: str
    n: int
    seconds: float | None = None
    floor_seconds: float | None = None
    peer: str | None = None
    peer_per_s: float | None = None

    @property
    def per_s(self) -> float | None:
        return round(self.n / self.seconds, 1) if self.seconds else None

    def as_json(self) -> dict[str, Any]:
        row = asdict(self) | {"per_s": self.per_s, "ratio_to_floor": None, "ratio_to_peer": None}
        if self.floor_seconds and self.seconds:
            row["ratio_to_floor"] = round(self.seconds / self.floor_seconds, 2)
        if self.peer_per_s and self.per_s:
            row["ratio_to_peer"] = round(self.per_s / self.peer_per_s, 2)
        for name in ("seconds", "floor_seconds"):
            row[name] = round(row[name], 3) if row[name] is not None else None
        names = ("case", "n", "seconds", "per_s", "floor_seconds", "ratio_to_floor", "peer", "ratio_to_peer")
        return {name: row[name] for name in names}


@dataclass
class Figures:
    bench: str
    durability: dict[str, str]
    progress: Callable[[str], None]
    rows: list[Row] = field(default_factory=list)
    started_load: float = field(default_factory=lambda: os.getloadavg()[0])

    def add(self, case: str, n: int, seconds: float | None = None, **more: Any) -> Row:
        row = Row(case, n, seconds, **more)
        self.rows.append(row)
        self.progress(json.dumps(row.as_json(), ensure_ascii=False))
        return row

    def as_json(self) -> dict[str, Any]:
        return {"bench": self.bench, "machine": self._machine(), "rows": [row.as_json() for row in self.rows]}

    def lines(self) -> Iterator[str]:
        """For a terminal."""
        yield "  ".join(f"{name}={value}" for name, value in self._machine().items())
        yield f"{'case':<58}{'n':>11}{'s':>9}{'per s':>11}{'× floor':>9}{'× peer':>9}  peer"
        for row in self.rows:
            as_json = {name: "" if value is None else value for name, value in row.as_json().items()}
            yield (
                f"{as_json['case']:<58}{as_json['n']:>11,}{as_json['seconds']:>9}{as_json['per_s']:>11}"
                f"{as_json['ratio_to_floor']:>9}{as_json['ratio_to_peer']:>9}  {as_json['peer']}"
            )

    def _machine(self) -> dict[str, Any]:
        with superuser() as cursor:
            cursor.execute("SHOW server_version")
            server = cursor.fetchone()[0]
        return {
            "cpus": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "load_before": round(self.started_load, 2),
            "load_after": round(os.getloadavg()[0], 2),
            "python": platform.python_version(),
            "postgresql": server,
        } | self.durability
