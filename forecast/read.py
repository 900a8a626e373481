"""Read a student's own CSV file: say what was read, ask where two readings are possible."""

import json
import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast import columns
from forecast.figures import read_figures
from forecast.spelling import readings
from forecast.table import MARKS, read_table
from utils.datasets import DataError
from utils.grid import to_grid

#: Fewer values than this cannot be split into training, validation and test part.
LEAST = 50

#: What may be done to a file, and only if its name is in ``repair``.
REPAIRS = {
    "day-first": "read 03/04/2020 as 3 April",
    "month-first": "read 03/04/2020 as 4 March",
    "year-first": "read 03-04-20 as 20 April 2003",
    "mixed": "read each date in its own spelling",
    "serial": "read 45355 as the day number of a spreadsheet, 4 March 2024",
    "number": "number the lines as steps 1, 2, 3 …, for want of dates",
    "dates": "leave out the lines whose date cannot be read",
    "cells": "leave out the lines with too many cells",
    "comma": "the comma is the decimal mark: 1,500 is one and a half",
    "point": "the point is the decimal mark: 1.500 is one and a half",
    "thousands": "the mark groups thousands: 1,500 or 1.500 is one thousand five hundred",
    "text": "treat what is not a number as missing",
    "code": "treat the code as missing",
    "keep": "take the file at its word",
    "sort": "put the lines in order of date",
    "clock": "let the hours count on where clocks are changed",
    "once": "count once what stands there twice",
    "sum": "add up the values that share a date",
    "average": "average the values that share a date",
    "last": "keep the last of the values that share a date",
    "day": "add up the values of each day",
    "grid": "average the values on a grid of equal steps",
    "fill": "fill the gaps with straight lines",
    "zero": "count 0 where no value is",
    "cut": "keep the longest stretch without a gap",
}

_FIRST = {
    "day-month": "day-first",
    "month-day": "month-first",
    "year-month": "year-first",
}
_CODES = {
    -1.0,
    99.9,
    999.9,
    999.99,
    99.99,
    9999.9,
    9999.99,
    -99.9,
    -999.9,
    -99.99,
    -999.99,
}
_CODES |= {sign * (10.0**k - 1) for k in range(2, 7) for sign in (1, -1)}


class Fault(NamedTuple):
    """One fault of a file: what and where it is, and the repairs that settle it."""

    text: str
    ways: tuple  # names from REPAIRS
    sure: bool = True  # whether the first of them is what most people mean

    def __str__(self):
        offers = " or ".join(f'"{way}" ({REPAIRS[way]})' for way in self.ways)
        return f"{self.text}. {'You may allow' if self.sure else 'Choose'} {offers}."


class Faulty(DataError):
    """A file was read and needs your word.

    Attributes:
        faults: list of `Fault`, in the order in which they were found.
        allow: names from `REPAIRS`: what was allowed already, and the first way of each
            fault of which most people mean the same.
        choices: the ways of each other fault: nobody but you can know.
        listing: the faults as text, one a line, without a word on how to allow them.
    """

    def __init__(self, path, faults, allowed=()):
        self.faults = list(faults)
        sure = (fault.ways[0] for fault in self.faults if fault.sure)
        self.allow = list(dict.fromkeys([*allowed, *sure]))
        self.choices = [fault.ways for fault in self.faults if not fault.sure]
        self.listing = (
            f"{path} was read, not changed, and has faults that need your word "
            f"({len(self.faults)}):{_numbered(self.faults)}"
        )
        said = self.advice(lambda names: f"repair={json.dumps(names)}")
        super().__init__(f"{self.listing}\n{said}")

    def advice(self, say):
        """How to go on; ``say`` writes a list of names as it is to be typed."""
        if not self.choices:
            return f"To allow the first of each: {say(self.allow)}"
        ways = [*product(*self.choices)][:6]
        lines = "".join(f"\n  {say([*self.allow, *picked])}" for picked in ways)
        return f"Nobody but you can choose. One of:{lines}"


class Report(list):
    """What was read, as sentences; ``repairs`` are those that tell of your consent."""

    repairs = ()


class _Clerk:
    """Collects faults, and notes what was read, and repaired with consent."""

    def __init__(self, consent):
        self.consent, self.faults, self.done, self.said = consent, [], [], []

    def repair(self, fault, *ways, sure=True):
        """The way that was consented to; without consent note the fault, go on with the first."""
        for way in ways:
            if way in self.consent:
                self.done.append(f"{fault}: {way} ({REPAIRS[way]}).")
                return way
        self.faults.append(Fault(fault, ways, sure))
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


def read_own(path, date=None, value=None, repair=(), least=LEAST, only=()):
    """Read a CSV file of unknown quality as a regular series, and say all that was done.

    What separates the columns, where their names stand, how dates and numbers are spelt
    and what the step is: the file decides. Where it leaves two possibilities you are asked.

    Args:
        path: the CSV file.
        date, value: names of the two columns, or their numbers where the file names none;
            None looks for them. Several columns make one date as ``year+month``.
        repair: names from ``REPAIRS``, those that you allow; a list, or one text.
        least: refuse a series with fewer values than this.
        only: texts such as ``shop=north``: read the lines with that text in that column.

    Returns:
        tuple: the series (float64, in the file's unit, equal steps, nothing missing) and the
        `Report`, a list of sentences; the last one accounts for every line of the file.

    Raises:
        Faulty: faults whose repair was not allowed, all of them, each with its first line in
            the file and the repairs it allows.
        DataError: the file cannot be read, has fewer than ``least`` values, or is constant.
        ValueError: an unknown name in ``repair``.
    """
    repair = repair_words(repair if isinstance(repair, str) else " ".join(repair or ()))
    clerk = _Clerk(repair)
    try:
        series = _read(Path(path), date, value, clerk, least, only)
    except DataError as error:
        if not clerk.faults or isinstance(error, Faulty):
            raise
        raise DataError(f"{error}\nFound besides:{_numbered(clerk.faults)}") from None
    report = Report([*clerk.said[:-1], *clerk.done, clerk.said[-1]])
    report.repairs = clerk.done
    return series, report


def _read(path, date, value, clerk, least, only):
    """The steps of `read_own`, one after the other; what they find the clerk notes."""
    table = read_table(path)
    clerk.said += [*table.notes, _seen(table)]
    if table.wider:
        line, (count, text) = next(iter(table.wider.items()))
        width = table.cells.shape[1]
        clerk.repair(
            f"{_many(len(table.wider), 'line')} with more cells than the others: line {line} "
            f"has {count} cells, the header {width} ({_short(text)})",
            "cells",
        )
    cells, told = columns.unfold(table.cells)
    clerk.said += told
    cells = columns.chosen(path, cells, only)
    lines = cells.index.to_numpy()
    found = columns.find_dates(path, cells, date)
    if found is None:
        stamps, spelt = _counted(path, cells, value, clerk)
    else:
        stamps, spelt = _dates(path, found, lines, clerk)
    cells, stamps, ended = _without_footer(cells, stamps, found)
    passed = dict(sorted({**table.passed, **ended}.items()))
    if passed:
        shown = [f"line {k} ({_short(text)})" for k, text in [*passed.items()][:4]]
        more = f" and {len(passed) - 4} more" if len(passed) > 4 else ""
        clerk.said.append(f"Passed over: {', '.join(shown)}{more}.")
    if spelt:
        clerk.said.append(spelt)
    lines = cells.index.to_numpy()
    if (bad := np.isnat(stamps)).any():
        k = int(bad.argmax())
        cell = found.texts[k] if found else ""
        clerk.repair(
            f"{_many(bad.sum(), 'cell')} that are not dates, first {cell!r} in line {lines[k]}",
            "dates",
        )
    used = found.names if found else []
    keys = columns.panel(cells, stamps, used, value)
    name, told = columns.find_value(path, cells, used, keys, value, stamps)
    clerk.said += told
    figures, numbers = _numbers(cells[name].to_list(), lines, clerk)
    if any(fault.ways[0] in _FIRST.values() for fault in clerk.faults):
        raise Faulty(path, clerk.faults, clerk.consent)
    read, dated = len(stamps), int((~bad).sum())
    rows = pd.DataFrame({"date": stamps, "value": numbers, "line": lines})
    rows["key"] = cells[list(keys)].agg(" / ".join, axis=1).to_numpy() if keys else ""
    rows = rows[~bad]
    if not rows["value"].notna().any():
        raise DataError(f"{path}: no line has both a date and a number in {name!r}.")
    clerk.said.append(_told(rows, name, figures))
    rows = _coded(rows, clerk)
    series, summed = _in_order(path, rows, keys, clerk)
    series.name = name
    grid = _even(series, clerk)
    if found is None:
        grid.attrs["numbered"] = True
    series, filled, left_out = _complete(path, grid, summed, clerk)
    problem = _hopeless(path, series, name, least)
    if problem and not (clerk.faults and len(series) >= least):
        raise DataError(problem)
    if clerk.faults:
        raise Faulty(path, clerk.faults, clerk.consent)
    clerk.said += _odd(series)
    holes = series.index[grid.reindex(series.index).isna()]
    last = f", the last on {_day(holes[-1])}" if filled else ""
    empty = f", {table.blank} empty lines passed over" if table.blank else ""
    clerk.said.append(
        f"{read} lines: {dated} with a date, {len(series)} steps in the series "
        f"({filled} of them filled{last}, {left_out} left out at its ends{empty})."
    )
    return series


def _numbered(faults):
    return "".join(f"\n  {k}. {fault}" for k, fault in enumerate(faults, 1))


def _times(count):
    return "once" if count == 1 else f"{count} times"


def _many(count, what):
    return f"{count} {what}{'' if count == 1 else 's'}"


def _short(text):
    text = text.strip(" ;,\t|")
    return repr(text if len(text) <= 40 else text[:37] + "…")


def _day(stamp):
    return str(stamp).removesuffix(" 00:00:00")


def _seen(table):
    """How the file is laid out."""
    named = f"their names in line {table.head}" if table.head else "no line of names"
    names = ", ".join(map(repr, table.cells.columns[:6]))
    more = ", …" if table.cells.shape[1] > 6 else ""
    if table.cells.shape[1] == 1:
        return f"One column, {named}: {names}."
    return f"Columns separated by {MARKS.get(table.mark, table.mark)}, {named}: {names}{more}."


def _told(rows, name, figures):
    """The value column: mark, first, last, smallest and largest."""
    full = rows.dropna(subset="value")
    mark = {".": "decimal point", ",": "decimal comma", None: "whole numbers"}[
        figures.mark
    ]
    affix = f"; {figures.affix}" if figures.affix else ""
    low, high = (full.loc[full["value"].idxmin()], full.loc[full["value"].idxmax()])
    first, last = full.iloc[0], full.iloc[-1]
    ends = [
        f"{what} {row['value']:.12g} on {_day(row['date'])} (line {row['line']})"
        for what, row in (
            ("first", first),
            ("last", last),
            ("least", low),
            ("most", high),
        )
    ]
    return f"Values in {name!r} ({mark}{affix}): {', '.join(ends)}."


def _counted(path, cells, value, clerk):
    """Stamps for numbers without dates: one invented day for each line."""
    names = [name for name in cells if columns.numeric(cells[name]) or name == value]
    line, first = cells.index[0], cells.iloc[0].to_list()
    way = "name the column of dates: --date, in a notebook date=…"
    fault = (
        f"{path.name} has no column of dates; its columns are {list(cells)}, its first line "
        f"of data is {first} (line {line}). Write dates as 2020-01-31, or {way}"
    )
    if not names:
        raise DataError(f"{path}: {fault}. It has no column of numbers either.")
    clerk.repair(fault, "number", sure=len(names) == cells.shape[1])
    days = np.arange(len(cells)).astype("timedelta64[D]")
    told = (
        "Lines are numbered; the dates from 2001-01-01 on are invented, a day for each."
    )
    return np.datetime64("2001-01-01", "us") + days, told


def _without_footer(cells, stamps, found):
    """Without the last lines if they hold words instead of a date; and what they said."""
    ended, stop = {}, len(stamps)
    if found is None:
        return cells, stamps, ended
    while stop > 1 and np.isnat(stamps[stop - 1]):
        text, row = found.texts[stop - 1], cells.iloc[stop - 1]
        alone = sum(cell != "" for cell in row) <= 1
        if re.search(r"\d", text) and not alone:
            break
        stop -= 1
        ended[int(cells.index[stop])] = " ".join(cell for cell in row if cell)
    return cells.iloc[:stop], stamps[:stop], ended


def _dates(path, found, lines, clerk):
    """Stamps (lines,), NaT where a cell is no date, and a sentence on their spelling."""
    texts, name = found.texts, " + ".join(map(repr, found.names))
    full = [k for k, text in enumerate(texts) if text]
    choice = readings(texts)
    if not choice:
        k = full[0] if full else 0
        raise DataError(
            f"{path}: no cell of {name} is a date that can be read, first {texts[k]!r} in "
            f"line {lines[k]}. Write dates as 2020-01-31."
        )
    best, why = _one_reading(path, texts, lines, choice, clerk)
    stamps, minutes = best.stamps.copy(), best.minutes.copy()
    for other in choice:  # cells in another spelling than most
        rest = np.isnat(stamps) & ~np.isnat(other.stamps)
        if other.spelling[:9] in _FIRST and other.spelling[:9] != best.spelling[:9]:
            rest &= "-" in best.spelling[:4]
        if rest.any():
            k = int(rest.argmax())
            fault = f"{_many(rest.sum(), 'date')} spelt unlike the others, first {texts[k]!r}"
            clerk.repair(f"{fault} in line {lines[k]}", "mixed")
            stamps[rest], minutes[rest] = other.stamps[rest], other.minutes[rest]
    if best.spelling.startswith("day number"):
        k = full[0]
        fault = f"The numbers in {name}, first {texts[k]!r} in line {lines[k]}"
        clerk.repair(f"{fault}, may be the day numbers of a spreadsheet", "serial")
    if best.spelling == "month year, two digits" and columns.fit(best.stamps) < 0.3:
        k = full[0]
        raise DataError(
            f"{path}: {texts[k]!r} in line {lines[k]} names a month and one number; that it "
            "is a year does not fit the others, and as a day it lacks a year. Write dates "
            "as 2020-01-31."
        )
    stamps, zone = _one_clock(stamps, minutes)
    k = int((~np.isnat(stamps)).argmax())
    spelt = (
        f"Dates in {name}, spelt {best.spelling}{why}: {texts[k]!r} in line {lines[k]} is "
        f"{_day(pd.Timestamp(stamps[k]))}{zone}."
    )
    return stamps, "; ".join([*found.notes, spelt])


def _one_reading(path, texts, lines, choice, clerk):
    """The reading that the file itself decides for, or that you chose; and why."""
    by = {}
    for each in choice:
        for start, way in _FIRST.items():
            if each.spelling.startswith(start) and each.spelling.count("-") == 2:
                by.setdefault(way, each)
    day, month = by.get("day-first"), by.get("month-first")
    if day and month:
        only = [
            np.flatnonzero(~np.isnat(a.stamps) & np.isnat(b.stamps))
            for a, b in ((day, month), (month, day))
        ]
        if len(only[0]) and len(only[1]):
            a, b = only[0][0], only[1][0]
            raise DataError(
                f"{path}: line {lines[a]} ({texts[a]}) has the day first, line {lines[b]} "
                f"({texts[b]}) the month. Nobody can know what the others mean: write all "
                "dates as 2020-01-31."
            )
    best = choice[0]
    count = np.isfinite(best.stamps).sum()
    rivals = {
        way: each
        for way, each in by.items()
        if np.isfinite(each.stamps).sum() == count
        and (
            each is best or not np.array_equal(each.stamps, best.stamps, equal_nan=True)
        )
    }
    if best not in rivals.values() or len(rivals) < 2:
        return best, ""
    for way in rivals:
        if way in clerk.consent:
            clerk.done.append(f"Day, month or year first: {way} ({REPAIRS[way]}).")
            return rivals[way], ""
    fits = {way: columns.fit(each.stamps) for way, each in rivals.items()}
    order = sorted(fits, key=fits.get, reverse=True)
    if fits[order[0]] >= 0.8 and fits[order[1]] <= fits[order[0]] / 2:
        return rivals[order[0]], f" ({order[0]}: only so are the steps equal)"
    k = int(np.isfinite(best.stamps).argmax())
    ways = [way for way in ("day-first", "month-first", "year-first") if way in rivals]
    clerk.repair(
        f"Day or month first? {texts[k]!r} in line {lines[k]} and all others can be both",
        *ways,
        sure=False,
    )
    return rivals[ways[0]], ""


def _one_clock(stamps, minutes):
    """Stamps on one clock: the file's if it is one, otherwise UTC; and what was done."""
    zoned = np.isfinite(minutes)
    zones = np.unique(minutes[zoned])
    if len(zones) == 0 or len(zones) > 3:  # many: ends of intervals, 13:00-14:00
        return stamps, ""
    stamps = np.where(zoned, stamps, np.datetime64("NaT"))  # without: which clock?
    if len(zones) == 1:
        return stamps, f"; the clock of its time zone (UTC{zones[0] / 60:+g}) is kept"
    hours = stamps[zoned] - stamps[zoned].astype("datetime64[D]")
    if len(np.unique(hours)) == 1:
        return stamps, "; the clocks of its time zones are kept"
    shift = np.where(zoned, minutes, 0).astype("timedelta64[m]")
    return stamps - shift, "; there are several time zones, the clock is UTC"


def _numbers(cells, lines, clerk):
    """What the column of values shows, and its numbers (lines,), NaN where missing."""
    figures = read_figures(cells)
    lost = np.zeros(len(cells), bool)
    if figures.either.any():
        k = int(figures.either.argmax())
        mark = "." if "." in cells[k] else ","
        own = "point" if mark == "." else "comma"
        ways = (
            (own, "thousands")
            if figures.mark in (None, mark)
            else ("thousands", "text")
        )
        way = clerk.repair(
            f"{_many(figures.either.sum(), 'number')} such as {cells[k]!r} in line {lines[k]}: "
            f"the {own} may be the decimal mark or group thousands",
            *ways,
            sure=False,
        )
        if way == "text":
            lost = figures.either
        else:
            figures = read_figures(cells, mark if way == own else ",."[mark == ","])
    numbers = np.where(lost, np.nan, figures.values)
    if figures.bad.any():
        k = int(figures.bad.argmax())
        fault = f"{_many(figures.bad.sum(), 'cell')} that are not numbers, first {cells[k]!r}"
        clerk.repair(f"{fault} in line {lines[k]}", "text")
    return figures, numbers


def _coded(rows, clerk):
    """Without codes for "missing" such as -9999, if you allow it."""
    values = rows["value"]
    for code in (values.min(), values.max()):
        rest = values[values != code]
        if code not in _CODES or len(rest.dropna()) < 3:
            continue
        gap = np.abs(rest - code).min()
        alone = code == -1 and rest.min() >= 0
        if not alone and not (gap > np.ptp(rest.dropna()) and gap > 0):
            continue
        hits = values == code
        line = rows.loc[hits.idxmax(), "line"]
        fault = (
            f"{code:g} stands {_times(hits.sum())} among values from {rest.min():g} to "
            f"{rest.max():g}, first in line {line}: a code for missing"
        )
        if clerk.repair(fault, "code", "keep", sure=not alone) == "code":
            rows = rows.assign(value=values.where(~hits))
            values = rows["value"]
    return rows


def _in_order(path, rows, keys, clerk):
    """One value for each date, in order; and whether values were added up."""
    summed = False
    if keys:
        names = sorted(rows["key"].unique())
        few = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        one = " ".join(
            f"{key}={part}"
            for key, part in zip(keys, names[0].split(" / "), strict=False)
        )
        told = " and ".join(map(repr, keys))
        way = clerk.repair(
            f"{len(names)} series in one file: {told} tells them apart ({few}). Take one "
            f'with --only "{one}" (in a notebook only="{one}"), or their sum',
            "sum",
            sure=False,
        )
        whole = rows.groupby("date")["key"].nunique() == len(names)
        same = rows.duplicated(["date", "key"]).any()
        rows = rows.groupby("date", as_index=False).agg(
            value=("value", lambda v: v.sum(skipna=False)), line=("line", "first")
        )
        if way == "sum" and whole.mean() > 0.8 and not same and not whole.all():
            day = _day(whole.index[~whole][0])
            clerk.done.append(
                f"{_many((~whole).sum(), 'date')} without all {len(names)} series, first "
                f"{day}: no sum there."
            )
            rows["value"] = rows["value"].where(whole.to_numpy())
        summed = not whole.all()
    stamps = rows["date"].to_numpy()
    if (clock := _clock(stamps)) is not None:
        k, shifted = clock
        fault = (
            f"Clocks seem to be changed: {_day(rows['date'].iloc[k + 1])} in line "
            f"{rows['line'].iloc[k + 1]} follows {_day(rows['date'].iloc[k])}"
        )
        if clerk.repair(fault, "clock", "keep") == "clock":
            rows = rows.assign(date=shifted)
            stamps = shifted
    back = np.flatnonzero(np.diff(stamps) < np.timedelta64(0))
    if len(back):
        if (np.diff(stamps) <= np.timedelta64(0)).all():
            rows = rows[::-1]
            clerk.said.append(
                "The newest line stood first; the order was turned round."
            )
        else:
            line = rows["line"].iloc[back[0] + 1]
            clerk.repair(
                f"Dates out of order {_times(len(back))}, first in line {line}", "sort"
            )
            rows = rows.sort_values("date", kind="stable")
    twice = rows["date"].duplicated()
    if (twice.any() and "once" in clerk.consent) or _copies(rows, twice):
        first = rows[twice].iloc[0]
        clerk.repair(
            f"A date that occurs again {_times(twice.sum())} with the same value, first "
            f"{_day(first['date'])} in line {first['line']}",
            "once",
            "sum",
        )
        if "sum" not in clerk.consent:
            rows = rows.drop_duplicates(["date", "value"])
            twice = rows["date"].duplicated()
    if twice.any():
        first = rows[twice].iloc[0]
        way = clerk.repair(
            f"A date that occurs again {_times(twice.sum())}, first {_day(first['date'])} in "
            f"line {first['line']}",
            "sum",
            "average",
            "last",
            sure=False,
        )
        many = twice.mean() > 0.2
        group = rows.groupby("date")["value"]
        found = {
            "sum": group.sum(min_count=1),
            "average": group.mean(),
            "last": group.last(),
        }
        return found[way], way == "sum" and many
    return rows.set_index("date")["value"], summed


def _copies(rows, twice):
    """Whether the dates that occur again are few and have the same value each time."""
    again = rows.duplicated(["date", "value"]) & rows["value"].notna()
    return bool(twice.any() and again[twice].all() and twice.mean() < 0.1)


def _clock(stamps):
    """Position of the first change of clocks and stamps that count on; None: there is none."""
    if len(stamps) < 3:
        return None
    steps = np.diff(stamps)
    sizes, counts = np.unique(steps, return_counts=True)
    step, hour = sizes[counts.argmax()], np.timedelta64(3600, "s")
    if not np.timedelta64(0) < step <= hour:
        return None
    after = pd.DatetimeIndex(stamps[1:])
    night = (
        (after.dayofweek == 6) & (after.hour <= 4) & after.month.isin([3, 4, 9, 10, 11])
    )
    back, forth = night & (steps == step - hour), night & (steps == step + hour)
    if not (back | forth).any() or (steps < step)[~back].any():
        return None
    shift = np.concatenate([[0], np.cumsum(back.astype(int) - forth.astype(int))])
    return int((back | forth).argmax()), stamps + shift * hour


def _even(series, clerk):
    """The series on equal steps; what is missing is NaN."""
    index = pd.DatetimeIndex(series.index)
    inside = (index[0].year >= 1678) & (index[-1].year <= 2261)
    series.index = (index.as_unit("ns") if inside else index).rename("date")
    if len(series) < 2:
        return series
    months = columns.months(series.index)
    if months is not None:
        freq, stamps, moved = months
        if moved:
            clerk.said.append(
                f"Dates were moved to the first of the month: {_day(series.index[0])} is "
                f"now {_day(stamps[0])}."
            )
        series.index = pd.DatetimeIndex(stamps, name="date")
        return series.asfreq(freq)
    steps = pd.Series(np.diff(series.index))
    step = steps.mode().iloc[0]
    if (steps % step != pd.Timedelta(0)).any():
        return _on_grid(series, steps, clerk)
    weekend = series.index.day_of_week >= 5
    if step == pd.Timedelta("1D") and len(series) >= 10 and not weekend.any():
        return series.asfreq("B")
    whole_days = step % pd.Timedelta("1D") == pd.Timedelta(0)
    return series.asfreq(f"{step.days}D" if whole_days else step)


def _on_grid(series, steps, clerk):
    """Values at odd times: averaged on a grid, or added up day by day."""
    step = max(steps.median().round("min"), pd.Timedelta("1s"))
    odd = int((steps % steps.mode().iloc[0] != pd.Timedelta(0)).to_numpy().argmax())
    line = f"{_day(series.index[odd])} is followed by {_day(series.index[odd + 1])}"
    filled = series.resample(step).count()
    nearly = filled.max() == 1 and filled.mean() > 0.9
    way = clerk.repair(
        f"Steps are uneven: {line}, the usual step is {step}",
        "grid",
        "day",
        sure=nearly,
    )
    if way == "day":
        return series.resample("D").sum(min_count=1)
    return to_grid(series, step)[0]


def _complete(path, series, summed, clerk):
    """The series without gaps, how many values were filled, and how many left out."""
    whole, missing = len(series), series.isna().to_numpy()
    if not missing.any():
        return series, 0, 0
    inner = series.loc[series.first_valid_index() : series.last_valid_index()]
    run = inner.isna().groupby(inner.notna().cumsum()).sum()
    stretch = inner.notna().groupby(inner.isna().cumsum()).sum()
    share = inner.isna().mean()
    fault = (
        f"{missing.sum()} of {whole} steps have no value, first {_day(series.index[missing][0])}, "
        f"longest gap {run.max()}, longest stretch without a gap {stretch.max()}"
    )
    ways = (
        ("zero", "fill", "cut") if summed or "day" in clerk.consent else ("fill", "cut")
    )
    way = clerk.repair(fault, *ways, sure=bool(share < 0.1) and ways[0] == "fill")
    if way == "fill" and "fill" in clerk.consent and share > 0.2:
        raise DataError(
            f"{path}: {fault}. Straight lines would be {share:.0%} of the "
            'series, more than a fifth: allow "cut" instead of "fill".'
        )
    left_out = whole - len(inner)
    if way == "zero":
        return inner.fillna(0.0), int(inner.isna().sum()), left_out
    if way == "fill":
        return inner.interpolate(), int(inner.isna().sum()), left_out
    kept = inner[(inner.isna().cumsum() == stretch.idxmax()) & inner.notna()]
    return kept, 0, whole - len(kept)


def _hopeless(path, series, name, least):
    """Why a series cannot be forecast, or None."""
    if len(series) < least:
        return (
            f"{path} is too short: {len(series)} values without a gap, at least {least} are "
            "needed to learn, to choose and to test. Collect more, or take a finer step."
        )
    if np.ptp(series.to_numpy()) == 0:
        return (
            f"{path}: all {len(series)} values of {name!r} are {series.iloc[0]:g}; there is "
            "nothing to forecast. Was the right column read?"
        )
    return None


def _odd(series):
    """What looks odd in the values, as sentences."""
    values, said = series.to_numpy(), []
    kinds, counts = np.unique(values, return_counts=True)
    for k, near, word in ((0, 1, "smallest"), (-1, -2, "largest")):
        often = counts[k] >= max(3, 0.01 * len(values))
        if len(kinds) > 10 and kinds[k] != 0 and often and counts[k] > 3 * counts[near]:
            said.append(
                f"Odd: the {word} value, {kinds[k]:g}, occurs {counts[k]} times: a limit of "
                "the instrument?"
            )
    size = np.abs(values)
    both = (size[1:] > 0) & (size[:-1] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        jump = both & (np.abs(np.log10(size[1:] / size[:-1])) > 2.8)
    if jump.any():
        k = int(jump.argmax())
        said.append(
            f"Odd: {values[k]:g} is followed by {values[k + 1]:g} on "
            f"{_day(series.index[k + 1])}: another unit, or a mark misread?"
        )
    edges = np.flatnonzero(np.diff(values)) + 1
    edges = np.concatenate([[0], edges, [len(values)]])
    runs = np.diff(edges)
    k = int(runs.argmax())
    if runs[k] >= max(10, 0.05 * len(values)) and len(kinds) > 10:
        said.append(
            f"Odd: {values[edges[k]]:g} stands still for {runs[k]} steps from "
            f"{_day(series.index[edges[k]])} on."
        )
    return said
