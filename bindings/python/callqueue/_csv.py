"""Lists of contacts: from files, and from rows that a program has already."""

from __future__ import annotations

import csv
import io
import itertools
import os
from typing import Any, Callable, Dict, Iterable, Iterator, List, Mapping, Optional, Protocol, Sequence, Union
from uuid import UUID

from . import _core
from ._core import CsvPreview, CsvReport, PriorityRule
from ._errors import InvalidArgument

Id = Union[UUID, str]


class Readable(Protocol):
    """A file object, opened as text or as bytes."""

    def read(self, size: int) -> Union[str, bytes]:
        ...


class Writable(Protocol):
    """A file object opened as text."""

    def write(self, text: str) -> Any:
        ...


#: A field: text, None where there is none, or a number that is no phone number.
Value = Union[str, int, None]
Row = Union[Mapping[str, Value], Sequence[Value]]
#: What can be imported: the path of a CSV file, a file object, or rows (the first of which, unless they are mappings,
#: names the columns).
Source = Union[str, "os.PathLike[str]", Readable, Iterable[Row]]


def _field(value: Any, row: int, column: Any) -> Optional[str]:
    """As it is written. Only what can be written in one way is: of a number that was kept as one, zeros and the plus
    sign are gone, a float has an exponent now and then, and a date many orders."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and column != "phone_number":
        return str(value)
    raise InvalidArgument(f"row {row}: {column} is a {type(value).__name__}: write it as text", field=str(column))


class _Rows:
    """Rows as the CSV file that they would be; written while it is read."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._lines = self._written(iter(rows))
        self._held = ""

    def read(self, size: int) -> str:
        pieces: List[str] = [self._held]
        have = len(self._held)
        for line in self._lines:
            pieces.append(line)
            have += len(line)
            if have >= size:
                break
        text = "".join(pieces)
        self._held = text[size:]
        return text[:size]

    @staticmethod
    def _written(rows: Iterator[Row]) -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        columns: Optional[Dict[str, None]] = None
        names: List[Any] = []
        for number, row in enumerate(rows, start=1):
            if isinstance(row, (str, bytes)):
                raise InvalidArgument("a row is a mapping or a sequence of fields, no text", field="rows")
            if isinstance(row, Mapping):
                if columns is None:
                    columns = dict.fromkeys(row)
                    writer.writerow([_field(name, number, "the name of a column") for name in columns])
                unknown = [name for name in row if name not in columns]
                if unknown:
                    raise InvalidArgument(
                        f"row {number} has columns that the first one has not: {', '.join(map(str, unknown))}",
                        field="rows",
                    )
                writer.writerow([_field(row.get(name), number, name) for name in columns])
            else:
                names = names or list(row)
                writer.writerow(
                    [_field(value, number, name) for name, value in itertools.zip_longest(names, row)][: len(row)]
                )
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()


def _with_reader(source: Source, work: Callable[[Callable[[int], Any]], Any]) -> Any:
    if isinstance(source, (str, os.PathLike)):
        with io.open(source, "rb") as file:
            return work(file.read)
    read = getattr(source, "read", None)
    if read is None:
        read = _Rows(source).read  # type: ignore[arg-type]
    return work(read)


def import_csv(
    store: _core.Store,
    user_id: Id,
    campaign_id: Id,
    file: Source,
    *,
    default_region: str = "",
    atomic: bool = False,
    again: bool = False,
    priority: PriorityRule = PriorityRule(),
    errors: Optional[Writable] = None,
    max_field_bytes: int = 65_536,
    progress: Optional[Callable[[int], Optional[bool]]] = None,
) -> CsvReport:
    """Imports a list of contacts into a campaign, streaming, in bounded memory.

    file: the path of a CSV file, a file object, or an iterable of rows: mappings with the same keys (`phone_number`,
        `name`, `priority` …), or sequences of which the first names the columns. A field is text, None for an empty
        one, or an int, but for `phone_number`; anything else (a float, a date, bytes) is an InvalidArgument that names
        the row and the column: only you know how it is to be written.
    default_region: ISO 3166 code (`DE`) for national numbers; empty: only international ones are accepted.
    atomic: import nothing when any row failed.
    again: queue contacts that already have a final row in the campaign once more.
    errors: where every error goes as CSV (a file opened as text).
    progress: called about every 50 ms with the rows read so far; returning False stops the import, which is taken back.

    The rows become callable all at once when it ends; a failure on the way (Ctrl-C too) takes back what was staged.
    Raises InvalidArgument naming the column, `file` or `default_region`; Conflict (`campaign_id`) when the campaign is
    final or another import runs; Unavailable (`file`); and whatever `file` or `progress` raise.
    """
    report: CsvReport = _with_reader(
        file,
        lambda read: _core.import_csv(
            store,
            user_id,
            campaign_id,
            read,
            default_region=default_region,
            atomic=atomic,
            again=again,
            priority=priority,
            errors=None if errors is None else errors.write,
            max_field_bytes=max_field_bytes,
            progress=progress,
        ),
    )
    return report


def import_contacts_csv(
    store: _core.Store,
    user_id: Id,
    file: Source,
    *,
    default_region: str = "",
    atomic: bool = False,
    errors: Optional[Writable] = None,
    max_field_bytes: int = 65_536,
    progress: Optional[Callable[[int], Optional[bool]]] = None,
) -> CsvReport:
    """Imports a list as contacts alone: no campaign, no calls. As `import_csv`, but contacts are there as soon as they
    are read, unless `atomic`."""
    report: CsvReport = _with_reader(
        file,
        lambda read: _core.import_csv(
            store,
            user_id,
            None,
            read,
            default_region=default_region,
            atomic=atomic,
            errors=None if errors is None else errors.write,
            max_field_bytes=max_field_bytes,
            progress=progress,
        ),
    )
    return report


def preview_csv(
    file: Source,
    *,
    store: Optional[_core.Store] = None,
    user_id: Optional[Id] = None,
    campaign_id: Optional[Id] = None,
    again: bool = False,
    default_region: str = "",
    priority: PriorityRule = PriorityRule(),
    max_field_bytes: int = 65_536,
    rows: int = 10,
) -> CsvPreview:
    """Reads a list as `import_csv` would, writing nothing: what is wrong with its rows, and the first `rows` good
    ones.

    store, user_id, campaign_id: the campaign that the list is for, where there is one already: contacts that are in it
        are skipped then, unless `again`. All three or none, else TypeError. Raises NotFound (`campaign_id`).
    """
    how: Dict[str, Any] = dict(
        default_region=default_region, priority=priority, max_field_bytes=max_field_bytes, rows=rows
    )

    def preview(read: Callable[[int], Any]) -> CsvPreview:
        if store is not None and user_id is not None and campaign_id is not None:
            return _core.preview_csv_into(store, user_id, campaign_id, read, again=again, **how)
        return _core.preview_csv(read, **how)

    given = [one is not None for one in (store, user_id, campaign_id)]
    if any(given) != all(given):
        raise TypeError("preview_csv: store, user_id and campaign_id go together")
    seen: CsvPreview = _with_reader(file, preview)
    return seen
