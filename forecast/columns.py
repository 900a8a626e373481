"""Which columns are dates, which is the value, and which tell several series apart."""

import re
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast.figures import is_missing, is_number
from forecast.spelling import NUMERIC, is_date, readings, tidy
from utils.datasets import DataError

_DATE_NAME = re.compile(
    r"date|datum|time|month|year|day|week|quarter|period|jour|mois|ann|heure|monat|jahr|tag"
    r"|zeit|woche|fecha|mes|año|^ds$|^t$|stamp|epoch|unix|quartal|trimestre",
    re.I,
)
_PARTS = {
    "year": r"(the )?(year|yr|yyyy|jahr|ann[ée]e|an|a[ñn]o|anno|jaar)s?",
    "month": r"(month|mon|mm|mo|monat|mois|mes|mese|maand|period)s?( number)?",
    "day": r"(day|dd|tag|jour|d[ií]a|giorno|dag|day of (the )?month)",
    "quarter": r"(quarter|qtr|q|quartal|trimestre)",
    "week": r"(week|kw|woche|semaine|wk)",
}
_HOUR = re.compile(r"hour|hr|^hh$|^he$|stunde|heure|hora|uhr|time|zeit", re.I)
_ENGLISH = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_CLOCK = re.compile(
    r"(\d\d?)(?:[:h](\d\d)(:\d\d)?)? ?([ap]\.?m\.?)?( ?- ?\d\d?.*)?", re.I
)


class Dates(NamedTuple):
    """The column, or the columns together, that say when: their names and text (lines,)."""

    names: list
    texts: list
    notes: list


def numeric(cells):
    """Whether more than half of a column's cells that hold something are numbers."""
    full = _some(cells)
    return bool(full) and np.mean([is_number(cell) for cell in full]) > 0.5


def _some(cells, look=200):
    cells = list(cells)
    some = cells[:: max(1, len(cells) // (4 * look))]
    full = [cell for cell in some if not is_missing(cell)]
    if not full:
        full = [cell for cell in cells if not is_missing(cell)]
    return full[:: max(1, len(full) // look)]


def known(path, cells, name):
    """The column of that name, or of that number (from 1) if no name is like that."""
    if name in cells.columns:
        return name
    if (
        re.fullmatch(r"\d{1,4}", str(name))
        and 1 <= int(name) <= cells.shape[1]
        and str(cells.columns[int(name) - 1]) == f"column {name}"
    ):
        return cells.columns[int(name) - 1]
    raise DataError(f"{path} has no column {name!r}; its columns are {list(cells)}.")


def chosen(path, cells, only):
    """The lines that were asked for by texts such as ``shop=north``."""
    for asked in [only] if isinstance(only, str) else only:
        name, equal, text = asked.partition("=")
        if not equal:
            raise DataError(f"only is {asked!r}; write it as COLUMN=TEXT, shop=north.")
        name = known(path, cells, name.strip())
        kept = cells[cells[name] == text.strip()]
        if kept.empty:
            there = sorted(cells[name].unique())
            more = ", …" if len(there) > 20 else ""
            raise DataError(
                f"{path}: no line has {text.strip()!r} in {name!r}; there are "
                f"{', '.join(there[:20])}{more}."
            )
        cells = kept.drop(columns=name)
    return cells


def unfold(cells):
    """A table with dates from left to right as one with dates from top to bottom.

    Returns:
        tuple: the table, and sentences on what was done.
    """
    heads = [tidy(name) for name in cells]
    shapes = [re.sub(r"\d", "9", head) for head in heads]
    for size, form, how in (
        (12, r"@(\d\d)", "{}-@{:02d}"),
        (4, r"q([1-4])", "{} q{}"),
        (24, r"h?(\d\d?)(?::00)?", "{} {:02d}:00"),
    ):
        hits = {k: re.fullmatch(form, head) for k, head in enumerate(heads)}
        across = [k for k, hit in hits.items() if hit]
        if len(across) != size or len(heads) == size:
            continue
        numbers = [int(hits[k][1]) for k in across]
        low = numbers[0] if size == 24 else 1
        down = cells.iloc[:, across[0] - 1] if across[0] else cells.iloc[:, 0]
        years = np.mean([bool(re.fullmatch(r"\d{4}", cell)) for cell in down])
        if (
            numbers != [*range(low, low + size)]
            or low > 1
            or (years < 0.8 and size < 24)
        ):
            continue
        others = [
            k
            for k in range(len(heads))
            if k not in across and heads[k] != tidy(down.name)
        ]
        text = [k for k in others if not numeric(cells.iloc[:, k])]
        text = [k for k in text if cells.iloc[:, k].any()]
        steps = [n - low if size == 24 else n for n in numbers]
        dates = [how.format(cell, step) for cell in down for step in steps]
        left = [cells.columns[k] for k in others if k not in text]
        note = (
            f"The columns {cells.columns[across[0]]} … {cells.columns[across[-1]]} were read "
            "line by line as one series"
        )
        note += f"; {', '.join(map(repr, left))} left out." if left else "."
        return _long(cells, across, text, dates), [note]
    dated = [k for k, name in enumerate(cells) if is_date(name)]
    same = len({shapes[k] for k in dated}) == 1
    if len(dated) < 3 or not same or dated[-1] - dated[0] + 1 != len(dated):
        return cells, []
    if any(_strong(cells[name]) for k, name in enumerate(cells) if k not in dated):
        return cells, []
    text = [
        k
        for k in range(len(heads))
        if k not in dated and len(cells.iloc[:, k].unique()) > 1
    ]
    dates = [cells.columns[k] for k in dated] * len(cells)
    first, last = cells.columns[dated[0]], cells.columns[dated[-1]]
    if len(text) == 1 and _spelt(cells.iloc[:, text[0]], r"@\d\d|q[1-4]"):
        parts = np.repeat(cells.iloc[:, text[0]].to_numpy(), len(dated))
        dates = [
            f"{year} {tidy(part)}" for year, part in zip(dates, parts, strict=True)
        ]
        out = _long(
            cells, dated, [], dates, np.arange(len(dates)).reshape(-1, len(dated)).T
        )
        note = (
            f"The columns {first} … {last} were read one below the other as one series."
        )
        return out, [note]
    note = f"The columns {first} … {last} are dates, each line is a series; the table was turned."
    return _long(cells, dated, text, dates), [note]


def _long(cells, across, text, dates, order=None):
    """One line for each cell of the columns ``across``, line by line or in another order."""
    values = cells.iloc[:, across].to_numpy().ravel()
    again = np.repeat(np.arange(len(cells)), len(across))
    out = cells.iloc[again, text].copy()
    out["date"], out["value"] = dates, values
    out = out if order is None else out.iloc[order.ravel()]
    return out[out["value"] != ""]


def _like_numbers(cells):
    """Spellings of dates that a column of numbers may have: 1995.7 is no July there."""
    return NUMERIC | ({"year-month", "month-year"} if numeric(cells) else set())


def _strong(cells):
    """Share of a column's cells that are dates in a spelling that no number has."""
    full = _some(cells)
    alike = _like_numbers(cells)
    found = [each for each in readings(full) if each.spelling not in alike]
    if not full or not found:
        return 0.0
    share = np.mean(np.any([~np.isnat(each.stamps) for each in found], axis=0))
    return share if share > 0.5 else 0.0


def _weak(cells, name, place):
    """Whether a column of numbers may be dates: years, 20240304, seconds since 1970."""
    full = _some(cells)
    alike = _like_numbers(cells)
    found = [each for each in readings(full) if each.spelling in alike]
    if not full or not found:
        return False
    stamps = found[0].stamps
    if np.isnat(stamps).mean() > 0.2:
        return False
    steps = np.diff(stamps[~np.isnat(stamps)])
    zero = np.timedelta64(0)
    risen = (steps >= zero).all() or (steps <= zero).all()
    if _DATE_NAME.search(name) and not found[0].spelling.startswith("day number"):
        return True
    return bool(
        risen and (steps != zero).any() and (place == 0 or _DATE_NAME.search(name))
    )


def find_dates(path, cells, name=None):
    """The column or columns that say when; None: there is none.

    Args:
        path: of the file, for messages.
        cells: table of text.
        name: of the column, several as ``year+month``; None looks for them.

    Returns:
        Dates or None
    """
    notes = []
    if name is not None:
        names = [name] if name in cells else str(name).split("+")
        names = [known(path, cells, each.strip()) for each in names]
        if len(names) > 1:
            return Dates(names, _join(cells, names), notes)
    elif parts := _parts(cells):
        names = parts
    else:
        strong = {c: share for c in cells if (share := _strong(cells[c]))}
        named = [c for c in strong if _DATE_NAME.search(c)] or list(strong)
        if len(named) > 1 and not _same_clock(cells, named):
            raise DataError(
                f"{path} has several columns of dates, {named}. Name the one that counts: "
                "--date, in a notebook date=…"
            )
        weak = [c for k, c in enumerate(cells) if _weak(cells[c], c, k)]
        weak.sort(key=lambda c: not _DATE_NAME.search(c))
        if not (named or weak):
            return None
        names = named[:1] or weak[:1]
        if named[1:]:
            notes.append(f"{named[0]!r} says when a step begins")
    texts = _join(cells, names)
    if hour := _hour(cells, names, texts):
        names = [*names, hour]
        texts, note = _with_hour(texts, cells[hour])
        notes += note
    if len(names) > 1:
        notes.insert(0, f"{' and '.join(map(repr, names))} make one date")
    return Dates(names, texts, notes)


def _same_clock(cells, names):
    """Whether other columns of dates always follow the first by the same time or day."""
    one = _some(cells[names[0]], 50)
    for name in names[1:]:
        two = _some(cells[name], 50)
        if len(one) != len(two):
            return False
        a, b = readings(one), readings(two)
        gap = b[0].stamps - a[0].stamps
        gap = gap[~np.isnat(gap)]
        if (
            len(gap) == 0
            or (gap < np.timedelta64(0)).any()
            or gap.max() > 1.2 * gap.min()
        ):
            return False
    return True


def _parts(cells):
    """Names of columns for year and month (quarter, week), day; None: there are none."""
    found = {
        part: next((c for c in cells if re.fullmatch(form, c.strip().lower())), None)
        for part, form in _PARTS.items()
    }
    if all(c.startswith("column ") for c in cells.columns[:2]) and cells.shape[1] > 2:
        found |= dict(zip(("year", "month", "day"), cells.columns[:3], strict=True))
        if not _within(cells[found["day"]], 1, 31) or cells.shape[1] == 3:
            found["day"] = None
    year = found["year"]
    if year is None or not _within(cells[year], 1500, 2199):
        return None
    for part, last, word in (
        ("month", 13, r"@\d\d|m\d\d?"),
        ("quarter", 4, "q[1-4]"),
        ("week", 53, r"w\d\d?"),
    ):
        c = found[part]
        if c is not None and (_within(cells[c], 1, last) or _spelt(cells[c], word)):
            day = found["day"] if part == "month" else None
            return [year, c] + ([day] if day and _within(cells[day], 1, 31) else [])
    return None


def _within(cells, low, high):
    """Whether nearly all cells of a column are whole numbers from ``low`` to ``high``."""
    some = _some(cells)
    hits = [re.fullmatch(r"\d{1,4}", c) and low <= int(c) <= high for c in some]
    return bool(some) and np.mean([bool(hit) for hit in hits]) > 0.9


def _spelt(cells, form):
    some = _some(cells)
    hits = [bool(re.fullmatch(form, tidy(c))) for c in some]
    return bool(some) and np.mean(hits) > 0.9


def _join(cells, names):
    """Text of several columns as one date."""
    first, *rest = [cells[name].to_list() for name in names]
    for name, column in zip(names[1:], rest, strict=True):
        low = name.strip().lower()
        mark = "-"
        if re.fullmatch(_PARTS["quarter"], low):
            mark, column = " q", [c.lower().lstrip("qt") for c in column]
        elif re.fullmatch(_PARTS["week"], low):
            mark, column = "-w", [c.lower().lstrip("kw ") for c in column]
        elif _HOUR.search(low):
            mark = " "
            column = [f"{c}:00" if re.fullmatch(r"\d\d?", c) else c for c in column]
        elif any(re.match(r"[mM]\d", c) for c in column):
            column = [c.lstrip("mM") for c in column]
        first = [
            f"{a}{mark}{b}" if a and b else ""
            for a, b in zip(first, column, strict=True)
        ]
    return first


def _hour(cells, names, texts):
    """Name of the column that holds the hours of dates that occur again; None: there is none."""
    if len({*texts}) == len(texts) or any(":" in text for text in texts[:50]):
        return None
    for name in cells:
        some = _some(cells[name])
        if name in names or not some:
            continue
        hours = [_CLOCK.fullmatch(cell) for cell in some]
        if not all(hours) or not all(0 <= int(hit[1]) <= 24 for hit in hours):
            continue
        clear = all(hit[2] or hit[4] for hit in hours)
        if clear or (_HOUR.search(name) and len({*some}) > 1):
            return name
    return None


def _with_hour(texts, column):
    """Dates with their hours; hours that are counted from 1 to 24 begin an hour earlier."""
    hits = [_CLOCK.fullmatch(cell) for cell in column]
    bare = all(hit is None or not (hit[2] or hit[4]) for hit in hits)
    hours = {int(hit[1]) for hit in hits if hit}
    late = bare and 24 in hours and 0 not in hours
    out = []
    for text, hit, cell in zip(texts, hits, column, strict=True):
        if hit is None:
            out.append(f"{text} {cell}")
            continue
        half = f" {hit[4].replace('.', '')}" if hit[4] else ""
        out.append(
            f"{text} {int(hit[1]) - late:02d}:{hit[2] or '00'}{hit[3] or ''}{half}"
        )
    return out, [
        "hours 1 to 24 were read as those that begin at 0 to 23"
    ] if late else []


def panel(cells, stamps, dates, value):
    """Names of the columns that tell apart lines of one date; (): there are none."""
    here = ~np.isnat(stamps)
    when = stamps[here]
    if len(np.unique(when)) == len(when):
        return ()
    others = [c for c in cells if c not in dates and c != value]
    few = {}
    for name in others:
        column = cells[name][here]
        kinds = column.nunique()
        whole = all(re.fullmatch(r"\d{1,6}", cell) for cell in _some(column))
        if 2 <= kinds <= len(when) / 2 and (
            not numeric(column) or (whole and kinds <= 100)
        ):
            few[name] = (numeric(column), kinds)
    order = sorted(few, key=few.get)
    numbers = [c for c in others if numeric(cells[c])]
    for keys in [(c,) for c in order] + list(combinations(order[:6], 2)):
        if value is None and set(numbers) <= {*keys}:
            continue  # what is left must hold a column of values
        frame = cells.loc[:, list(keys)][here].assign(_when=when)
        if not frame.duplicated().any():
            return keys
    return ()


def find_value(path, cells, dates, keys, name, stamps):
    """The column to forecast, and sentences on columns passed over.

    Raises:
        DataError: there is none, or there are several.
    """
    if name is not None:
        return known(path, cells, name), []
    others = [c for c in cells if c not in dates and c not in keys]
    said, left = [], []
    for c in others:
        column = cells[c].to_list()
        if not any(column):
            continue
        if re.fullmatch(r"(unnamed.*|index|column \d+)", c.lower()) and any(
            column == [str(k + one) for k in range(len(column))] for one in (0, 1)
        ):
            said.append(f"Column {c!r} numbers the lines and was passed over.")
        elif (dates and _strong(cells[c])) or _decimal_date(column, stamps):
            said.append(f"Column {c!r} holds dates as well and was passed over.")
        else:
            left.append(c)
    numbers = [c for c in left if numeric(cells[c])]
    if len(numbers) == 1:
        return numbers[0], said
    beside = f"beside the dates in {' + '.join(map(repr, dates))}" if dates else "in it"
    if numbers:
        first = [f"{c!r} ({cells[c].iloc[0]})" for c in numbers]
        short = [c.removeprefix("column ") for c in numbers]
        raise DataError(
            f"{path} has several columns of numbers, {numbers}, {beside}; in line "
            f"{cells.index[0]} they are {', '.join(first)}. Name the one to forecast: "
            f'--value "{short[0]}", in a notebook value="{short[0]}".'
        )
    if not left:
        raise DataError(
            f"{path} has no column of numbers {beside}; there is nothing else."
        )
    quoted = f"in line {cells.index[0]} {left[0]!r} is {cells[left[0]].iloc[0]!r}"
    raise DataError(
        f"{path} has no column of numbers {beside} (columns: {others}); {quoted}. Name the "
        "one to forecast: --value, in a notebook value=…"
    )


def _decimal_date(column, stamps):
    """Whether a column repeats the dates as decimal years, such as 2019.042."""
    try:
        years = np.array([float(c.replace(",", ".")) for c in column])
    except ValueError:
        return False
    start = stamps.astype("datetime64[Y]")
    share = (stamps - start) / np.timedelta64(365, "D")
    there = ~np.isnat(stamps)
    off = np.abs(years - start.astype("int64") - 1970 - share)[there]
    return bool(there.any() and off.max() < 0.15)


def months(index):
    """Frequency, stamps and whether they were moved, if steps are months; else None.

    Beginnings and ends of months are kept as they are; any other day of the month is moved
    to the first.
    """
    count = index.year.to_numpy() * 12 + index.month.to_numpy()
    steps = np.diff(count)
    if len(steps) == 0 or (steps < 1).any() or (index != index.normalize()).any():
        return None
    usual = int(np.bincount(steps).argmax())
    days = np.median(np.diff(index) / np.timedelta64(1, "D"))
    if np.any(steps % usual) or not 27 <= days / usual <= 32:
        return None
    ends, day = index.is_month_end.all(), index.day
    if len({*day}) > 6 and not ends and np.ptp(day) > 15:
        return None
    letter = "E" if ends else "S"
    month = _ENGLISH[3 * index[0].month - 3 :][:3]
    freq = {1: f"M{letter}", 3: f"Q{letter}-{month}", 12: f"Y{letter}-{month}"}
    moved = not ends and bool((day != 1).any())
    stamps = index.to_period("M").to_timestamp() if moved else index
    return freq.get(usual, f"{usual}M{letter}"), stamps, moved


def fit(stamps):
    """How regular dates are, 0 to 1: the share of equal steps that have a date."""
    index = pd.DatetimeIndex(np.unique(stamps[~np.isnat(stamps)]))
    if len(index) < 3:
        return 0.0
    if months(index) is not None:
        count = index.year.to_numpy() * 12 + index.month.to_numpy()
        step = int(np.bincount(np.diff(count)).argmax())
        return len(index) / ((count[-1] - count[0]) / step + 1)
    steps = np.diff(index.to_numpy())
    sizes, counts = np.unique(steps, return_counts=True)
    step = sizes[counts.argmax()]
    if np.any(steps % step != np.timedelta64(0)):
        return 0.0
    span = index.to_numpy()[-1] - index.to_numpy()[0]
    return len(index) / (span / step + 1)
