"""Read a student's own CSV file: find every fault at once, repair only by consent."""

import csv
import re
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from utils.datasets import DataError
from utils.grid import to_grid

#: Fewer values than this cannot be split into training, validation and test part.
LEAST = 50

#: What may be done to a file, and only if its name is in ``repair``.
REPAIRS = {
    "day-first": "read 03/04/2020 as 3 April",
    "month-first": "read 03/04/2020 as 4 March",
    "mixed": "read each date in its own spelling",
    "dates": "leave out the lines whose date cannot be read",
    "comma": "read 1,500 as one and a half",
    "thousands": "read 1,500 as one thousand five hundred",
    "text": "treat what is not a number as missing",
    "sort": "put the lines in order of date",
    "average": "average the values that share a date",
    "grid": "average the values on a grid of equal steps",
    "fill": "fill the gaps with straight lines",
    "cut": "keep the longest stretch without a gap",
}

_DATE_NAME = re.compile(r"date|time|month|year|day|jour|mois|ann|heure", re.I)
_OTHER_DATE = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T](.+))?$"
_COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+$"
_THOUSANDS = r"^[+-]?\d{1,3}([,\u00a0\u202f ]\d{3})+(\.\d+)?$"
_MISSING = {"", "na", "n/a", "nan", "null"}


class Fault(NamedTuple):
    """One fault of a file: what and where it is, and the repairs that settle it."""

    text: str
    ways: tuple  # names from REPAIRS, the usual one first

    def __str__(self):
        offers = " or ".join(f'"{way}" ({REPAIRS[way]})' for way in self.ways)
        return f"{self.text}. You may allow {offers}."


class Faulty(DataError):
    """A file was read and needs your word.

    Attributes:
        faults: list of `Fault`, in the order in which they were found.
        allow: names from `REPAIRS`: what was allowed already, and the first way of each fault.
        listing: the faults as text, one a line, without a word on how to allow them.
    """

    def __init__(self, path, faults, allowed=()):
        self.faults = list(faults)
        self.allow = list(dict.fromkeys([*allowed, *(f.ways[0] for f in self.faults)]))
        numbered = (f"\n  {k}. {fault}" for k, fault in enumerate(self.faults, 1))
        self.listing = (
            f"{path} was read, not changed, and has faults that need your word "
            f"({len(self.faults)}):{''.join(numbered)}"
        )
        allow = ", ".join(f'"{way}"' for way in self.allow)
        super().__init__(
            f"{self.listing}\nTo allow the first of each: repair=[{allow}]"
        )


class _Clerk:
    """Collects faults, and notes what was repaired with consent."""

    def __init__(self, consent):
        self.consent, self.faults, self.done = consent, [], []

    def repair(self, fault, *ways):
        """The way that was consented to; without consent note the fault, go on with the first."""
        for way in ways:
            if way in self.consent:
                self.done.append(f"{fault}: {way} ({REPAIRS[way]}).")
                return way
        self.faults.append(Fault(fault, ways))
        return ways[0]


def repair_words(text):
    """The names in a text such as ``sort fill``, ``sort,fill`` or ``["sort", "fill"]``.

    Raises:
        ValueError: a name that is not in `REPAIRS`.
    """
    found = [word for word in re.split(r"""[\s,;'"\[\]()]+""", text) if word]
    if unknown := [word for word in found if word not in REPAIRS]:
        raise ValueError(
            f"repair has {', '.join(map(repr, unknown))}; it may name {', '.join(REPAIRS)}."
        )
    return found


def read_own(path, date=None, value=None, repair=(), least=LEAST):
    """Read a CSV file of unknown quality as a regular series, and say all that was done.

    Columns are separated by comma, semicolon or tab. The date column is found by its name
    or content, the value column if there is only one column of numbers. The step is inferred:
    years, quarters, months, working days, or the commonest distance of two dates.

    Args:
        path: the CSV file, with a header line.
        date, value: names of the two columns; None looks for them.
        repair: names from ``REPAIRS``, those that you allow; a list, or one text.
        least: refuse a series with fewer values than this.

    Returns:
        tuple: the series (float64, in the file's unit, equal steps, nothing missing) and the
        report, a list of sentences; the last one accounts for every line of the file.

    Raises:
        Faulty: faults whose repair was not allowed, all of them, each with its first line in
            the file and the repairs it allows.
        DataError: the file cannot be read, has fewer than ``least`` values, or is constant.
        ValueError: an unknown name in ``repair``.
    """
    repair = repair_words(repair if isinstance(repair, str) else " ".join(repair or ()))
    clerk = _Clerk(repair)
    table, blank = _table(Path(path), clerk)
    date = _date_column(path, table, date)
    value = _value_column(path, table, date, value)
    stamps, numbers = _dates(table[date], clerk), _numbers(table[value], clerk)
    series = pd.Series(
        numbers.to_numpy(), pd.DatetimeIndex(stamps, name="date"), name=value
    )
    read = len(series)
    series = series[series.index.notna()]
    dated = len(series)
    if not series.notna().any():
        raise DataError(
            f"{path}: no line has both a date ({date}) and a number ({value})."
        )
    if not series.index.is_monotonic_increasing:
        back = np.flatnonzero(np.diff(stamps.dropna()) < np.timedelta64(0))
        line = stamps.dropna().index[back[0] + 1]
        clerk.repair(
            f"Dates out of order {_times(len(back))}, first in line {line}", "sort"
        )
        series = series.sort_index(kind="stable")
    if (twice := series.index.duplicated()).any():
        first = f"first {_day(series.index[twice][0])}"
        clerk.repair(
            f"A date that occurs again {_times(twice.sum())}, {first}", "average"
        )
        series = series.groupby(level=0).mean()
    grid = _even(series, clerk)
    series, filled, left_out = _complete(path, grid, clerk)
    if clerk.faults:
        raise Faulty(path, clerk.faults, repair)
    if len(series) < least:
        raise DataError(
            f"{path} is too short: {len(series)} values without a gap, at least {least} are "
            "needed to learn, to choose and to test. Collect more, or take a finer step."
        )
    if np.ptp(series.to_numpy()) == 0:
        raise DataError(
            f"{path}: all {len(series)} values of {value!r} are {series.iloc[0]:g}; there is "
            "nothing to forecast. Was the right column read?"
        )
    holes = series.index[grid.reindex(series.index).isna()]
    last = f", the last on {_day(holes[-1])}" if filled else ""
    account = (
        f"{read} lines: {dated} with a date, {len(series)} steps in the series "
        f"({filled} of them filled{last}, {left_out} left out at its ends"
        f"{f', {blank} empty lines passed over' if blank else ''})."
    )
    return series, [*clerk.done, account]


def _times(count):
    return "once" if count == 1 else f"{count} times"


def _day(stamp):
    return str(stamp).removesuffix(" 00:00:00")


def _table(path, clerk):
    """All cells as text, indexed by the line of the file; and how many lines were empty."""
    if path.is_dir():
        raise DataError(f"{path} is a folder; name the CSV file in it.")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"There is no file {path} (looked in {Path.cwd()}). Is the path right?"
        ) from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    if raw[:2] == b"PK" or b"\0" in raw[:1000]:
        raise DataError(
            f"{path} is not text (a spreadsheet?). Export the sheet as CSV in UTF-8."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
        clerk.done.append("The file is not UTF-8; its letters were read as Latin-1.")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    head = text.split("\n", 1)[0]
    mark = max(";\t,", key=head.count)  # at a tie the semicolon
    lines = csv.reader(StringIO(text), delimiter=mark)
    try:
        rows = list(lines)
    except csv.Error as error:
        raise DataError(
            f"{path}, near line {lines.line_num}: {error}. Is a quotation mark opened there "
            "and never closed?"
        ) from None
    full = [(line, row) for line, row in enumerate(rows, 1) if "".join(row).strip()]
    if len(full) < 2:
        raise DataError(
            f"{path} has {len(full)} lines; a header and values are needed."
        )
    (_, names), *lines = full
    names = [name.strip() for name in names]
    if len(names) < 2:
        raise DataError(
            f"{path} has one column, {names[0]!r}; a date and a number are needed, separated "
            "by a comma, a semicolon or a tab."
        )
    for line, row in lines:
        if len(row) != len(names):
            raise DataError(
                f"{path}, line {line} has {len(row)} cells, the header {len(names)}. If the "
                "numbers have decimal commas, separate the columns by semicolons."
            )
    table = pd.DataFrame(
        [[cell.strip() for cell in row] for _, row in lines],
        index=[line for line, _ in lines],
        columns=names,
        dtype=object,
    )
    if table.columns.has_duplicates:
        raise DataError(f"{path}: two columns have one name in {names}. Rename one.")
    return table, len(rows) - len(full)


def _known(path, table, name):
    if name not in table.columns:
        raise DataError(
            f"{path} has no column {name!r}; its columns are {list(table.columns)}."
        )
    return name


def _date_column(path, table, name):
    if name is not None:
        return _known(path, table, name)
    share = {c: _iso(table[c]).notna() | table[c].str.match(_OTHER_DATE) for c in table}
    likely = [c for c in table if share[c].mean() > 0.5]
    likely.sort(key=lambda c: (not _DATE_NAME.search(c), table[c].str.isdigit().all()))
    if not likely:
        raise DataError(
            f"{path} has no column of dates; its columns are {list(table.columns)}. Write "
            "dates as 2020-01-31, or name the column: --date, in a notebook date=…"
        )
    return likely[0]


def _value_column(path, table, date, name):
    if name is not None:
        return _known(path, table, name)
    others = [c for c in table if c != date]
    numeric = [c for c in others if table[c].str.match(r"^[+-]?[\d.]").mean() > 0.5]
    if len(numeric) != 1:
        found = (
            f"several columns of numbers, {numeric}"
            if numeric
            else "no column of numbers"
        )
        raise DataError(
            f"{path} has {found}, beside the dates in {date!r}. Name the one to forecast: "
            f"--value, in a notebook value=… (columns: {others})."
        )
    return numeric[0]


def _iso(cells):
    """Dates such as 2020, 2020-01, 2020Q1, 2020/01/31, 2020-01-31 12:00, as UTC."""
    cells = cells.str.replace(
        r"^(\d{4})[./](\d{1,2})[./](\d{1,2})", r"\1-\2-\3", regex=True
    )
    cells = cells.str.replace(r"-(\d)(?=-|$)", r"-0\1", regex=True)
    cells = cells.str.replace(r"-(\d)(?=[ T])", r"-0\1", regex=True)
    quarter = cells.str.extract(r"^(\d{4})-?Q([1-4])$")
    month = pd.to_numeric(quarter[1]) * 3 - 2
    cells = cells.where(month.isna(), quarter[0] + "-" + month.map("{:02.0f}".format))
    cells = cells.where(cells.str.match(r"^\d{4}(-|$)"))
    return pd.to_datetime(cells, errors="coerce", format="ISO8601", utc=True)


def _dates(cells, clerk):
    """Time stamps without zone, NaT where the cell is not a date; indexed by line."""
    stamps = _iso(cells)
    iso = stamps.notna()
    if cells[iso].str.contains(r"(?:Z|\d[+-]\d\d:?\d\d)$").any():
        clerk.done.append("The dates carry a time zone; from here on the clock is UTC.")
    parts = cells.str.extract(_OTHER_DATE)
    if len(other := parts[parts[0].notna()]):
        if iso.any():
            line = other.index[0]
            fault = f"{len(other)} dates spelt unlike the others, first {cells[line]!r} in line"
            clerk.repair(f"{fault} {line}", "mixed")
        rest = other[3].fillna("00:00")
        day, month = [
            _iso(other[2] + "-" + other[m] + "-" + other[d] + " " + rest)
            for m, d in ((1, 0), (0, 1))
        ]
        only_day, only_month = day[month.isna()].dropna(), month[day.isna()].dropna()
        if len(only_day) and len(only_month):
            a, b = only_day.index[0], only_month.index[0]
            raise DataError(
                f"Line {a} ({cells[a]}) has the day first, line {b} ({cells[b]}) the month. "
                "Nobody can know what the others mean: write all dates as 2020-01-31."
            )
        way = "month-first" if len(only_month) else "day-first"
        if not len(only_day) and not len(only_month) and not day.equals(month):
            fault = f"Day or month first? {cells[other.index[0]]!r} in line {other.index[0]}"
            way = clerk.repair(
                f"{fault} and all others can be both", "day-first", "month-first"
            )
        stamps = stamps.fillna(month if way == "month-first" else day)
    if (bad := stamps.isna()).any():
        line = bad.idxmax()
        fault = f"{bad.sum()} cells that are not dates, first {cells[line]!r} in line {line}"
        clerk.repair(fault, "dates")
    return stamps.dt.tz_localize(None)


def _numbers(cells, clerk):
    """Numbers, NaN where missing; indexed by line."""
    comma, thousand = cells.str.match(_COMMA), cells.str.match(_THOUSANDS)
    if (odd := comma | thousand).any():
        ways = (
            ("comma", "thousands")
            if comma.sum() > thousand.sum()
            else ("thousands", "comma")
        )
        line = odd.idxmax()
        fault = f"{odd.sum()} numbers with a comma or a space, first {cells[line]!r} in line"
        if clerk.repair(f"{fault} {line}", *ways) == "comma":
            dotted = (
                cells.str.contains(".", regex=False) & ~comma
            )  # 1.500 beside 1,5: which?
            plain = cells.str.replace(".", "").str.replace(",", ".")
            cells = cells.where(~comma, plain).where(
                ~dotted, cells + " (point or thousands?)"
            )
        else:
            bare = cells.str.replace(r"[,\u00a0\u202f ]", "", regex=True)
            cells = cells.where(~thousand, bare)
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    numbers = numbers.where(np.isfinite(numbers))
    text = numbers.isna() & ~cells.str.lower().isin(_MISSING)
    if text.any():
        line = text.idxmax()
        fault = f"{text.sum()} cells that are not numbers, first {cells[line]!r} in line {line}"
        clerk.repair(fault, "text")
    return numbers


def _even(series, clerk):
    """The series on equal steps; what is missing is NaN."""
    steps = pd.Series(np.diff(series.index))
    if steps.empty:
        return series
    days = steps.median() / pd.Timedelta("1D")
    for period, low, high in (("M", 27, 32), ("Q", 85, 95), ("Y", 360, 370)):
        if low <= days <= high and series.index.to_period(period).is_unique:
            series.index = series.index.to_period(period).to_timestamp()
            return series.asfreq(f"{period}S")
    step = steps.mode().iloc[0]
    if (steps % step != pd.Timedelta(0)).any():
        step = max(steps.median().round("min"), pd.Timedelta("1s"))
        odd = int((steps % step != pd.Timedelta(0)).to_numpy().argmax())
        where = f"uneven: {_day(series.index[odd])} is followed by {_day(series.index[odd + 1])}"
        clerk.repair(f"Steps are {where}, the usual step is {step}", "grid")
        return to_grid(series, step)[0]
    weekend = series.index.day_of_week >= 5
    if step == pd.Timedelta("1D") and len(series) >= 10 and not weekend.any():
        return series.asfreq("B")
    whole_days = step % pd.Timedelta("1D") == pd.Timedelta(0)
    return series.asfreq(f"{step.days}D" if whole_days else step)


def _complete(path, series, clerk):
    """The series without gaps, how many values were filled, and how many left out."""
    whole, missing = len(series), series.isna().to_numpy()
    if not missing.any():
        return series, 0, 0
    inner = series.loc[series.first_valid_index() : series.last_valid_index()]
    run = inner.isna().groupby(inner.notna().cumsum()).sum()
    fault = (
        f"{missing.sum()} of {whole} steps have no value, first {_day(series.index[missing][0])}, "
        f"longest gap {run.max()}"
    )
    way = clerk.repair(fault, "fill", "cut")
    if way == "fill" and "fill" in clerk.consent and inner.isna().mean() > 0.2:
        raise DataError(
            f"{path}: {fault}. Straight lines would be {inner.isna().mean():.0%} of the "
            'series, more than a fifth: allow "cut" instead of "fill".'
        )
    if way == "fill":
        return inner.interpolate(), int(inner.isna().sum()), whole - len(inner)
    stretch = inner.notna().groupby(inner.isna().cumsum()).sum().idxmax()
    kept = inner[(inner.isna().cumsum() == stretch) & inner.notna()]
    return kept, 0, whole - len(kept)
