"""Tables with dates from left to right, turned so that they stand one below the other."""

import re
from itertools import groupby

import numpy as np
import pandas as pd

from forecast.columns import _strong, numeric
from forecast.figures import read_figures
from forecast.parts import spelt
from forecast.spelling import is_date, readings, tidy
from utils.datasets import DataError

_CLOCK = re.compile(
    r"(?:h|he|hr|hour|hour ending|stunde)?[ _.]?(\d\d?)(?:[:h.]?(\d\d)(?::00)?)?(?: ?h)?"
)


def run(names):
    """The longest run of names that are dates of one shape, in order; None: there is none.

    Args:
        names: what stands above the columns, ``["country", "2019", "2020", "2021"]``.

    Returns:
        range of columns, at least three
    """
    heads = [tidy(_bare(name)) if len(name) < 80 else "" for name in names]
    shapes = [re.sub(r"\d+", "9", head) if is_date(head) else "" for head in heads]
    ends, at = [], 0
    for shape, group in groupby(shapes):
        count = len([*group])
        ends += [(count, at, shape)] if shape else []
        at += count
    count, start, shape = max(ends, default=(0, 0, ""))
    if count < 3 or shapes.count(shape) > count:  # others of the kind would be lost
        return None
    for each in readings(heads[start : start + count]):
        steps = np.diff(each.stamps).astype("int64")
        if not np.isnat(each.stamps).any() and ((steps > 0).all() or (steps < 0).all()):
            return range(start, start + count)
    return None


def _bare(name):
    """A date above a column, without what R and the World Bank write beside a year."""
    return re.sub(r"^[XYF](?=\d{4})", "", re.sub(r"\s*\[.*\]$", "", name.strip()))


def unfold(cells, value=None):
    """A table with dates from left to right as one with dates from top to bottom.

    Args:
        cells: table of text.
        value: the column that was asked for by name: such a table stays as it is.

    Returns:
        tuple: the table, and sentences on what was done.
    """
    if value is not None and {str(value), f"column {value}"} & {*cells.columns}:
        return cells, []
    heads = _months_without_names(cells) or [tidy(name) for name in cells]
    for dates_of in (_months, _quarters, _clocks):
        if found := dates_of(cells, heads):
            return _line_by_line(cells, heads, *found)
    across = run(cells.columns)
    if across is None:
        return cells, []
    others = [k for k in range(len(heads)) if k not in across]
    if any(_strong(cells.iloc[:, k]) for k in others):
        return cells, []
    names = [_bare(name) for name in cells.columns[across]]
    first, last = cells.columns[across[0]], cells.columns[across[-1]]
    down = [
        k
        for k in others[:1]
        if k < across[0] and spelt(cells.iloc[:, k], r"@\d\d|q[1-4]")
    ]
    if down and all(re.fullmatch(r"\d{4}", name) for name in names):
        parts = [tidy(part) for part in cells.iloc[:, down[0]]]
        dates = [f"{year} {part}" for part in parts for year in names]
        order = np.arange(len(dates)).reshape(-1, len(names)).T
        note = (
            f"The columns {first} … {last} were read one below the other as one series"
        )
        left = [cells.columns[k] for k in others if k not in down]
        return _long(cells, across, [], dates, order), [_left_out(note, left)]
    keys = _keys(cells, others)
    note = f"The columns {first} … {last} are dates, each line is a series; the table was turned"
    left = [cells.columns[k] for k in others if k > across[-1] and k not in keys]
    return _long(cells, across, keys, names * len(cells)), [_left_out(note, left)]


def _left_out(note, left):
    return f"{note}; {', '.join(map(repr, left))} left out." if left else f"{note}."


def _keys(cells, others, beside=()):
    """Columns that tell the lines apart: those of words, and of numbers only if need be."""
    there = [k for k in others if cells.iloc[:, k].nunique() > 1]
    words = [k for k in there if not numeric(cells.iloc[:, k])]
    for k in [k for k in there if k not in words]:
        if words and not cells.iloc[:, [*beside, *words]].duplicated().any():
            break
        words.append(k)
    return sorted(words)


def _line_by_line(cells, heads, across, down, dates, how=""):
    """One series from all lines, one behind the other."""
    others = [
        k for k in range(len(heads)) if k not in across and heads[k] != heads[down]
    ]
    text = [k for k in others if not numeric(cells.iloc[:, k])]
    text = [k for k in text if cells.iloc[:, k].any()]
    if cells.iloc[:, [down, *text]].duplicated().any():
        text = _keys(cells, [k for k in others if k < across[0]], [down]) or text
    left = [cells.columns[k] for k in others if k not in text]
    first, last = cells.columns[across[0]], cells.columns[across[-1]]
    note = f"The columns {first} … {last} were read line by line as one series{how}"
    return _long(cells, across, text, dates), [_left_out(note, left)]


def _down(cells, across, form=r"\d{4}"):
    """The nearest column before those across that holds years (or days), and its cells."""
    for k in reversed(range(across[0])):
        down = cells.iloc[:, k].to_list()
        if np.mean([bool(re.fullmatch(form, cell)) for cell in down]) >= 0.8:
            return k, down
    return None, []


def _months(cells, heads):
    """Columns of twelve months, the one of years, and the dates; None: there are none."""
    hits = [re.fullmatch(r"@(\d\d)", head) for head in heads]
    across = [k for k, hit in enumerate(hits) if hit]
    if len(across) != 12 or len(heads) == 12:
        return None
    months = [int(hits[k][1]) for k in across]
    if [(month - months[0]) % 12 for month in months] != [*range(12)]:
        return None
    k, down = _down(cells, across)
    if months[0] == 1:
        dates = [f"{year}-{month:02d}" for year in down for month in months]
        how = ", as twelve months" if "@01" not in map(tidy, cells) else ""
        return None if k is None else (across, k, dates, how)
    form = r"(\d{4}) ?[-/] ?(?:\d\d){1,2}"
    two_years, cut = _down(cells, across, form)
    if two_years is not None:
        first = [re.fullmatch(form, cell) for cell in cut]
        dates = [
            f"{int(year[1]) + (month < months[0])}-{month:02d}" if year else cell
            for year, cell in zip(first, cut, strict=True)
            for month in months
        ]
        return across, two_years, dates
    if k is None:
        return None
    one, two = cells.columns[across[0]], cells.columns[across[-1]]
    at = next(at for at, cell in enumerate(down) if cell.isdigit())
    year, line = int(down[at]), cells.index[at]
    raise DataError(
        f"The columns {one} … {two} hold no calendar year: does {year} in line "
        f"{line} begin or end with them? Write it as {year}/{year + 1} if "
        f"{one} is in {year}, as {year - 1}/{year} if {two} is, and the others alike."
    )


def _months_without_names(cells):
    """Heads of a table without names: twelve numbers behind each of consecutive years."""
    count = cells.shape[1]
    if count not in (13, 14) or len(cells) < 3:
        return None
    if [*cells] != [f"column {k + 1}" for k in range(count)]:
        return None
    years = [int(c) if re.fullmatch(r"[12]\d{3}", c) else 0 for c in cells.iloc[:, 0]]
    if not 1500 <= years[0] <= 2199 or set(np.diff(years)) != {1}:
        return None
    if not all(numeric(cells.iloc[:, k]) for k in range(1, count)):
        return None
    if (
        count == 14
    ):  # the mean of the year or its sum; anything else is no table of months
        months = np.array([read_figures(line[1:]).values for line in cells.to_numpy()])
        months = months[np.isfinite(months).all(axis=1)]
        twelve, last = months[:, :12], months[:, 12]
        scale = np.ptp(twelve, axis=1) + 0.01
        near = [
            np.abs(all_ - last) < 0.3 * scale
            for all_ in (twelve.mean(1), twelve.sum(1))
        ]
        if not len(months) or max(map(np.mean, near)) < 0.9:
            return None
    return ["year", *(f"@{k:02d}" for k in range(1, 13)), "mean"][:count]


def _quarters(cells, heads):
    """Columns of four quarters, the one of years, and the dates; None: there are none."""
    across = [k for k, head in enumerate(heads) if re.fullmatch(r"q[1-4]", head)]
    names = [heads[k] for k in across]
    if names != ["q1", "q2", "q3", "q4"] or len(heads) == 4:
        return None
    k, down = _down(cells, across)
    if k is None:
        return None
    return across, k, [f"{year} {quarter}" for year in down for quarter in names]


def _clocks(cells, heads):
    """Columns of the hours, or shorter steps, of a day; the one of days, and the dates.

    Heads that end with 24:00 (or with 0:00) name the ends of steps; these then begin a step
    earlier. Plain numbers are hours, or from 1 to 48 or 96 the steps of a day.
    """
    hits = [_CLOCK.fullmatch(head) for head in heads]
    across = [k for k, hit in enumerate(hits) if hit]
    size = len(across)
    if size not in (24, 48, 96, 144) or len(heads) == size:
        return None
    step = 1440 // size
    plain = not any(hits[k][2] for k in across)
    unit = step if plain else 60
    times = [int(hits[k][1]) * unit + int(hits[k][2] or 0) for k in across]
    if times[-1] == 0:
        times[-1] = 1440
    late = times[0] == step
    if times != [*range(late * step, (size + late) * step, step)]:
        return None
    dated = [k for k in range(across[0]) if _strong(cells.iloc[:, k])]
    k = dated[0] if dated else _down(cells, across, r"\d{8}")[0]
    if k is None and (across[0] == 0 or (plain and size != 24)):
        return None
    k = across[0] - 1 if k is None else k
    down = cells.iloc[:, k]
    clocks = [divmod(time - late * step, 60) for time in times]
    dates = [f"{cell} {hour:02d}:{rest:02d}" for cell in down for hour, rest in clocks]
    how = f", each at the beginning of its {step} minutes" if late else ""
    return across, k, dates, how


def _long(cells, across, text, dates, order=None):
    """One line for each cell of the columns ``across``, line by line or in another order."""
    values = cells.iloc[:, across].to_numpy().ravel()
    again = np.repeat(np.arange(len(cells)), len(across))
    out = cells.iloc[again, text].copy()
    for name, column in (("date", dates), ("value", values)):
        out[name] = pd.Series(column, out.index, dtype=object)
    out = out if order is None else out.iloc[order.ravel()]
    return out[out["value"] != ""]
