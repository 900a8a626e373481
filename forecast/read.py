"""Read a student's own CSV file: say what was read, ask where two readings are possible."""

import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from forecast import columns, parts, steps
from forecast.faults import (
    REPAIRS,
    Clerk,
    Faulty,
    Report,
    brief,
    numbered,
    often,
    plural,
    repair_words,
    when,
)
from forecast.figures import is_number, read_figures
from forecast.spelling import flagged, readings
from forecast.table import MARKS, read_table
from forecast.wide import unfold
from utils.datasets import DataError

#: Fewer values than this cannot be split into training, validation and test part.
LEAST = 50

_FIRST = {
    "day-month": "day-first",
    "month-day": "month-first",
    "year-month": "year-first",
}


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
    clerk = Clerk(repair)
    try:
        series = _read(Path(path), date, value, clerk, least, only)
    except DataError as error:
        if not clerk.faults or isinstance(error, Faulty):
            raise
        raise DataError(f"{error}\nFound besides:{numbered(clerk.faults)}") from None
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
            f"{plural(len(table.wider), 'line')} with more cells than the others: line {line} "
            f"has {count} cells, the header {width} ({brief(text)})",
            "cells",
        )
    cells, told = unfold(table.cells, value)
    clerk.said += told
    cells, told = parts.filled(columns.chosen(path, cells, only))
    clerk.said += told
    lines = cells.index.to_numpy()
    found = columns.find_dates(path, cells, date, value)
    if found is None:
        pieces = parts.found(cells) or []  # they are no months
        stamps, spelt = _counted(path, cells, pieces, value, clerk)
    else:
        stamps, spelt = _dates(path, found, lines, clerk)
    cells, stamps, ended = _without_footer(cells, stamps, found)
    passed = dict(sorted({**table.passed, **ended}.items()))
    if passed:
        shown = [f"line {k} ({brief(text)})" for k, text in [*passed.items()][:4]]
        more = f" and {len(passed) - 4} more" if len(passed) > 4 else ""
        clerk.said.append(f"Passed over: {', '.join(shown)}{more}.")
    if spelt:
        clerk.said.append(spelt)
    lines = cells.index.to_numpy()
    if (bad := np.isnat(stamps)).any():
        k = int(bad.argmax())
        cell = found.texts[k] if found else ""
        clerk.repair(
            f"{plural(bad.sum(), 'cell')} unlike the dates of the others, first {cell!r} in "
            f"line {lines[k]}",
            "dates",
            sure=bool(bad.mean() < 0.1),
        )
    used = found.names if found else pieces
    if found and value is None:
        counted = _lines_counted(path, cells, stamps, used, clerk, least)
        if counted is not None:
            return counted
    keys = columns.panel(cells, stamps, used, value)
    name, told = columns.find_value(path, cells, used, keys, value, stamps)
    clerk.said += told
    told, split = columns.texts(cells, used, keys, name, stamps)
    clerk.said += told
    if split:
        _one_kind(cells, *split, clerk)
    figures, numbers = _numbers(cells[name].to_list(), lines, clerk)
    if clerk.undecided(*_FIRST.values()):
        raise Faulty(path, clerk.faults, clerk.consent)
    read, dated = len(stamps), int((~bad).sum())
    rows = pd.DataFrame({"date": stamps, "value": numbers, "line": lines})
    rows["parts"] = [*zip(*(cells[key] for key in keys), strict=True)] if keys else ""
    rows["key"] = rows["parts"].map(" / ".join) if keys else ""
    rows = rows[~bad]
    if not rows["value"].notna().any():
        raise DataError(f"{path}: no line has both a date and a number in {name!r}.")
    clerk.said.append(_told(rows, name, figures))
    rows = steps.coded(rows, clerk)
    hint = ""
    if len(keys) == 1 and found and parts.likely(cells, used, keys[0]):
        both = "+".join([*used, *keys])
        hint = f'; or, if {keys[0]!r} is a part of the date, --date "{both}"'
    series, summed = steps.in_order(rows, keys, clerk, least, hint)
    series.name = name
    grid = steps.even(series, clerk, least)
    if found is None:
        grid.attrs["numbered"] = True
    series, filled, left_out = steps.complete(path, grid, summed, clerk, least)
    series.attrs["ends"] = grid.last_valid_index()
    series.attrs["spelt"] = found.texts[0] if found else ""
    problem = steps.hopeless(path, series, name, least)
    open_ = any(not fault.sure for fault in clerk.faults)  # the length may still change
    if problem and (read < least or not open_):
        raise DataError(problem)
    if clerk.faults:
        raise Faulty(path, clerk.faults, clerk.consent)
    clerk.said += [steps.told(series), *steps.odd(series)]
    holes = series.index[grid.reindex(series.index).isna()]
    last = f", the last on {when(holes[-1])}" if filled else ""
    empty = f", {table.blank} empty lines passed over" if table.blank else ""
    clerk.said.append(
        f"{read} lines: {dated} with a date, {len(series)} steps in the series "
        f"({filled} of them filled{last}, {left_out} left out at its ends{empty})."
    )
    return series


def _lines_counted(path, cells, stamps, dates, clerk, least):
    """The number of lines of each step, if they are events without a value; or None."""
    index = pd.DatetimeIndex(np.sort(stamps[~np.isnat(stamps)]))
    asked = "count" in clerk.consent and len(index) and columns.uneven(index.to_numpy())
    if not asked and not columns.events(cells, dates, stamps):
        return None
    timed = bool((index != index.normalize()).any())
    fits = (
        (word, counts)
        for word, unit in (
            ("week", "7D"),
            ("day", "D"),
            ("hour", "h"),
            ("minute", "min"),
        )
        if len(counts := _counts(index, unit, timed)) >= least
    )
    word, series = next(fits, (None, None))
    if series is None or series.min() == series.max():
        return None
    line, row = cells.index[0], " ".join(cell for cell in cells.iloc[0] if cell)
    clerk.repair(
        f"Each line is taken as an event, no column as its value: line {line} is "
        f"{brief(row)}. The lines of each {word} can be counted; or name the column of "
        "values: --value, in a notebook value=…",
        "count",
        sure=False,
    )
    if clerk.faults:
        raise Faulty(path, clerk.faults, clerk.consent)
    series.name = f"lines per {word}"
    said, _ = columns.texts(cells, dates, (), None, stamps)
    part = timed or word == "week"
    ends = f"; the {word}s at the ends, hardly complete, were left out" if part else ""
    clerk.said += [
        *said,
        f"Lines of each {word} were counted, 0 where there is none: least "
        f"{series.min():.0f}, most {series.max():.0f}{ends}.",
        steps.told(series),
        *steps.odd(series),
        f"{len(stamps)} lines: {len(index)} with a date, {len(series)} steps in the series.",
    ]
    return series


def _counts(index, unit, timed):
    """Lines of each step, without those at the ends that may have begun or go on; or []."""
    days = (index[-1] - index[0]).days + 1
    if (unit == "7D" and len(index) >= days) or (unit in ("h", "min") and not timed):
        return []  # weeks where there is less than a line a day
    counts = pd.Series(1.0, index.rename("date")).resample(unit).sum()
    return counts.iloc[int(timed) : -1] if timed or unit == "7D" else counts


def _one_kind(cells, name, counts, clerk):
    """Ask whether the lines of forecasts, of other units or currencies are meant as well."""
    kinds = [*counts.index]
    line = (cells[name] == kinds[1]).idxmax()
    each = ", ".join(f"{kind!r} {often(n)}" for kind, n in counts.items())
    only = " or ".join(f'--only "{name}={kind}"' for kind in kinds)
    clerk.repair(
        f"{name!r} tells lines apart: {each}, first {kinds[1]!r} in line {line}. Take those "
        f"of one with {only} (in a notebook only={json.dumps(f'{name}={kinds[0]}')}), or all",
        "keep",
        sure=False,
    )


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
    figure = partial(
        np.format_float_positional, precision=15, fractional=False, trim="-"
    )
    full = rows.dropna(subset="value")
    mark = {".": "decimal point", ",": "decimal comma", None: "whole numbers"}[
        figures.mark
    ]
    affix = f"; {figures.affix}" if figures.affix else ""
    low, high = (full.loc[full["value"].idxmin()], full.loc[full["value"].idxmax()])
    first, last = full.iloc[0], full.iloc[-1]
    ends = [
        f"{what} {figure(row['value'])} on {when(row['date'])} (line {row['line']})"
        for what, row in (
            ("first", first),
            ("last", last),
            ("least", low),
            ("most", high),
        )
    ]
    return f"Values in {name!r} ({mark}{affix}): {', '.join(ends)}."


def _counted(path, cells, pieces, value, clerk):
    """Stamps for numbers without dates: one invented day for each line."""
    names = [name for name in cells if columns.numeric(cells[name]) or name == value]
    line, first = cells.index[0], cells.iloc[0].to_list()
    way = "name the column of dates: --date, in a notebook date=…"
    fault = (
        f"{path.name} has no column of dates; its columns are {list(cells)}, its first line "
        f"of data is {first} (line {line}). Write dates as 2020-01-31, or {way}"
    )
    if pieces:
        year, part = pieces
        line = cells.index[cells[part] == "13"][0]
        fault = (
            f"{part!r} runs from 1 to 13 in the years of {year!r}, first 13 in line {line}: "
            "these are no months. If they are periods of four weeks, number the lines; if 13 "
            f'is a sum, --date "{year}+{part}" makes months (in a notebook date=…)'
        )
    if not names:
        raise DataError(f"{path}: {fault}. It has no column of numbers either.")
    clerk.repair(fault, "number", sure=cells.shape[1] == 1)
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
    while stop > len(stamps) - 10 and stop > 1 and np.isnat(stamps[stop - 1]):
        text, row = found.texts[stop - 1], cells.iloc[stop - 1]
        alone = sum(cell != "" for cell in row) <= 1
        word = re.match(r"[^\W\d_]{3,}", text)  # Source: Office 2024, A, B
        numbers = any(is_number(cell) for cell in row if cell != text)
        if re.search(r"\d", text) and not alone and (numbers or not word):
            break
        stop -= 1
        ended[int(cells.index[stop])] = " ".join(cell for cell in row if cell)
    return cells.iloc[:stop], stamps[:stop], ended


def _dates(path, found, lines, clerk):
    """Stamps (lines,), NaT where a cell is no date, and a sentence on their spelling."""
    texts, name = found.texts, " + ".join(map(repr, found.names))
    choice = readings(texts)
    if not choice:
        k = next((k for k, text in enumerate(texts) if text), 0)
        raise DataError(
            f"{path}: no cell of {name} is a date that can be read, first {texts[k]!r} in "
            f"line {lines[k]}. Write dates as 2020-01-31."
        )
    best, why = _one_reading(path, texts, lines, choice, clerk)
    why += best.note + _passed_over(texts, best.stamps, lines)
    stamps, minutes = _exchanged(best, choice, texts, lines, clerk), best.minutes.copy()
    while np.isnat(stamps).any():  # cells in another spelling than most
        rest = [
            text if no else "" for text, no in zip(texts, np.isnat(stamps), strict=True)
        ]
        others = [
            each
            for each in (readings(rest) if any(rest) else [])
            if not _swapped(each, best) and not _coarser(each, best, stamps)
        ]
        if not others:
            break
        other, _ = _one_reading(path, rest, lines, others, clerk, stamps)
        new = ~np.isnat(other.stamps)
        k = int(new.argmax())
        fault = f"{plural(new.sum(), 'date')} spelt unlike the others, first {texts[k]!r} in"
        clash = np.isin(other.stamps[new], stamps).any()  # sums of years among months
        if clash and "mixed" not in clerk.consent:
            break
        clerk.repair(f"{fault} line {lines[k]}", "mixed")
        stamps[new], minutes[new] = other.stamps[new], other.minutes[new]
    if best.spelling.startswith("day number"):
        stamps = _day_numbers(found, stamps, lines, clerk)
    _no_slip(path, best, texts, lines)
    stamps, zone = _one_clock(stamps, minutes)
    k = int((~np.isnat(stamps)).argmax())
    spelt = (
        f"Dates in {name}, spelt {best.spelling}{why}: {texts[k]!r} in line {lines[k]} is "
        f"{when(pd.Timestamp(stamps[k]))}{zone}."
    )
    return stamps, "; ".join([*found.notes, spelt])


def _passed_over(texts, stamps, lines):
    """A remark on what stands behind dates and is no part of them, such as [p]."""
    marked = [text[-1:] not in "0123456789mM" and flagged(text) for text in texts]
    hits = np.flatnonzero(~np.isnat(stamps) & marked)
    if not len(hits):
        return ""
    some = f"first {texts[hits[0]]!r} in line {lines[hits[0]]}"
    return f" (the marks behind {plural(len(hits), 'date')}, {some}, were passed over)"


def _day_numbers(found, stamps, lines, clerk):
    """Stamps of whole numbers: a spreadsheet's days, astronomers', or no days at all."""
    if columns.MODIFIED_JULIAN.fullmatch(found.names[0].strip()):
        since = np.datetime64("1858-11-17") - np.datetime64("1899-12-30")
        found.notes.append("the numbers are modified Julian days")
        return stamps + since
    k = int((~np.isnat(stamps)).argmax())
    last = np.nanmax(stamps).astype("datetime64[Y]").astype(int) + 1970
    late = last > pd.Timestamp.now().year + 2
    named = columns._DATE_NAME.search(found.names[0])
    ways = ("number", "serial") if late else ("serial", "number")
    fault = (
        f"The numbers in {found.names[0]!r}, first {found.texts[k]!r} in line {lines[k]}, may "
        f"be the day numbers of a spreadsheet ({when(pd.Timestamp(stamps[k]))} …)"
    )
    if clerk.repair(fault, *ways, sure=bool(named) and not late) == "number":
        days = np.arange(len(stamps)).astype("timedelta64[D]")
        return np.datetime64("2001-01-01", "us") + days
    return stamps


def _exchanged(best, choice, texts, lines, clerk):
    """Stamps, with day and month exchanged where a spreadsheet has confused them."""
    for other in choice:
        both = ~np.isnat(best.stamps) & ~np.isnat(other.stamps)
        both &= best.stamps != other.stamps
        if not _swapped(best, other) or not both.any():
            continue
        stamps = np.where(both, other.stamps, best.stamps)
        if columns.fit(stamps) >= 0.8 and columns.fit(best.stamps) < 0.4:
            k = int(both.argmax())
            clerk.repair(
                f"{plural(both.sum(), 'date')}, first {texts[k]!r} in line {lines[k]}, fit "
                "the others only with day and month exchanged (a spreadsheet does this)",
                "exchanged",
            )
            return stamps
    return best.stamps.copy()


def _no_slip(path, best, texts, lines):
    """Refuse months that may be days: ``May-24, May-25 …``, ``190301, 190401 …``."""
    stamps = best.stamps[~np.isnat(best.stamps)]
    months = len(np.unique(stamps.astype("datetime64[M]").astype("int64") % 12))
    lone = best.spelling in ("month year, two digits", "compact month")
    if lone and ((months == 1 and len(stamps) > 2) or columns.fit(stamps) < 0.3):
        k = int(np.isfinite(best.stamps).argmax())
        raise DataError(
            f"{path}: {texts[k]!r} in line {lines[k]} may be a month with its year, but that "
            "does not fit the others, or a day without one. Write dates as 2020-01-31."
        )


def _swapped(one, two):
    """Whether one reading has the day first and the other the month."""
    first = {one.spelling.split("-")[0], two.spelling.split("-")[0]}
    return first == {"day", "month"} and "-" in one.spelling and "-" in two.spelling


def _coarser(other, best, stamps):
    """Whether a reading holds sums of longer times: a year, a month among days."""

    def length(spelling):
        if spelling in ("year", "two years"):
            return 3
        if "quarter" in spelling or "half" in spelling:
            return 2
        return int("month" in spelling and "day" not in spelling)

    if length(other.spelling) <= length(best.spelling):
        return False
    few = np.isfinite(other.stamps).sum() < 0.1 * np.isfinite(stamps).sum()
    return bool(few or columns.fit(np.fmax(stamps, other.stamps)) < columns.fit(stamps))


def _one_reading(path, texts, lines, choice, clerk, base=None):
    """The reading that the file itself decides for, or that you chose; and why.

    ``base``: stamps of other cells of the same column, NaT where ``texts`` has something.
    """
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
    fits = {
        way: columns.fit(each.stamps if base is None else np.fmax(each.stamps, base))
        for way, each in rivals.items()
    }
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
    figures, lost = _marked(cells, lines, clerk)
    numbers = np.where(lost, np.nan, figures.values)
    if figures.other.any():
        k = int(figures.other.argmax())
        groups = ",."[figures.mark == ","]
        grouped = any(
            groups in cell
            for cell, other in zip(cells, figures.other, strict=True)
            if not other
        )
        way = clerk.repair(
            f"{plural(figures.other.sum(), 'number')} with another decimal mark than the "
            f"others, first {cells[k]!r} in line {lines[k]}",
            "marks",
            "text",
            sure=not grouped,  # in 1,234.5 a lone 12,34 may be a broken group
        )
        if way == "text":
            numbers[figures.other] = np.nan
    if figures.marked.any():
        k = int(figures.marked.argmax())
        way = clerk.repair(
            f"{plural(figures.marked.sum(), 'number')} with something beside, first "
            f"{cells[k]!r} in line {lines[k]}",
            *("number-only", "text", "scale")[: 2 + figures.letters],
            sure=False,
        )
        if way == "text":
            numbers[figures.marked] = np.nan
        elif way == "scale":
            figures = read_figures(cells, figures.mark, scaled=True)
            numbers = np.where(np.isnan(numbers), np.nan, figures.values)
    if figures.bad.any():
        k = int(figures.bad.argmax())
        fault = f"{plural(figures.bad.sum(), 'cell')} that cannot be read as a number, first"
        few = bool(figures.bad.mean() < 0.1)
        clerk.repair(f"{fault} {cells[k]!r} in line {lines[k]}", "text", sure=few)
    return figures, numbers


def _marked(cells, lines, clerk):
    """The figures of a column, its decimal mark settled, and numbers to be left out."""
    figures = read_figures(cells)
    lost = np.zeros(len(cells), bool)
    if not figures.either.any():
        return figures, lost
    k = int(figures.either.argmax())
    mark = "." if "." in cells[k] else ","
    own = "point" if mark == "." else "comma"
    open_ = {c for at in np.flatnonzero(figures.either) for c in cells[at] if c in ".,"}
    if figures.other.any() and len(open_) > 1:
        ways = ("text",)  # 1.012 and 1,012 where both marks are decimal marks
    elif figures.mark in (None, mark):
        ways = (own, "thousands")
    else:
        ways = ("thousands", "text")
    way = clerk.repair(
        f"{plural(figures.either.sum(), 'number')} such as {cells[k]!r} in line {lines[k]}: "
        f"the {own} may be the decimal mark or group thousands",
        *ways,
        sure=False,
    )
    if way == "text":
        return figures, figures.either
    return read_figures(cells, mark if way == own else ",."[mark == ","]), lost
