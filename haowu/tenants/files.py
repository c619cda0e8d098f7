"""Tables as answers: CSV is streamed, however long; XLSX is made first and then sent."""

from collections.abc import Callable, Iterable

from django.http import FileResponse, StreamingHttpResponse

from haowu.ground.tables import Table, csv_lines, xlsx_file
from haowu.tenants.scope import streamed

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(name: str, scope: int | str, tables: Callable[[], Iterable[Table]]) -> StreamingHttpResponse:
    """``tables()`` read while they are sent, with the rows of ``scope`` in sight."""
    sent = streamed(scope, lambda: csv_lines(tables()))
    return StreamingHttpResponse(sent, content_type="text/csv; charset=utf-8", headers=_called(f"{name}.csv"))


def as_xlsx(name: str, tables: Iterable[Table]) -> FileResponse:
    return FileResponse(xlsx_file(tables), content_type=XLSX, headers=_called(f"{name}.xlsx"))


def _called(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
