"""Which columns are dates, which is the value, and which tell several series apart."""

import re
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from forecast import parts
from forecast.faults import brief, often
from forecast.figures import is_missing, share
from forecast.parts import some as _some
from forecast.spelling import NUMERIC, readings
from utils.datasets import DataError

_DATE_NAME = re.compile(
    r"date|datum|time|month|year|yyyy|day|week|quarter|period|jour|mois|ann[ée]e|^ann?o?s?$"
    r"|heure|monat|jahr|(?<![a-z])tag|tag(?![a-z])|zeit|woche|fecha|(?<![a-z])mes(?![a-z])"
    r"|año|^ds$|^ts?$|stamp|epoch|unix|quartal|trimestre",
    re.I,
)
_LATER = re.compile(r"updat|modif|publi|releas|creat|install|retriev|insert", re.I)
_ID = re.compile(
    r"(?<![^\W_])(no|nr|id|idx|index|code|instant)\.?$|(?<=[a-z])ID$|(nummer|number)$",
    re.I,
)
_VALUE = re.compile(r"(obs_?)?(value|val|wert|valeur|valor|waarde|y)", re.I)
_UNITS = re.compile(
    r"(?<![a-z])(units?|uom|einheit|unité|unidad|currency|ccy|curr|währung|waehrung|devise"
    r"|moneda)(?![a-z])",
    re.I,
)
#: Pairs of texts that say on which side of an account a number stands.
_SIGNS = {"h s", "haben soll", "credit debit", "c d", "cr dr", "crdt dbit"}
#: Texts that tell plans and forecasts from what has been measured.
_PLANNED = re.compile(
    r"fore?casts?|fc|fcst|predict(ed|ion)|project(ed|ion)|planned|plan|budget|target|soll"
    r"|prognose|vorhersage|prévisions?|prevision|previsión|previsto|prognos|forecasted"
)
_ENGLISH = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"


#: Names of a column that counts days as astronomers do, from 17 November 1858.
MODIFIED_JULIAN = re.compile(r"mjd|modified julian.*", re.I)


class Dates(NamedTuple):
    """The column, or the columns together, that say when: their names and text (lines,)."""

    names: list
    texts: list
    notes: list


def numeric(cells):
    """Whether more than half of a column's cells that hold something are numbers."""
    full = _some(cells)
    return bool(full) and share(full) > 0.5


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
        parted = [
            (asked[: m.start()], asked[m.end() :]) for m in re.finditer("=", asked)
        ]
        if not parted:
            raise DataError(f"only is {asked!r}; write it as COLUMN=TEXT, shop=north.")
        named = [pair for pair in parted if pair[0].strip() in cells.columns]
        fits = [(c, t) for c, t in named if (cells[c.strip()] == t.strip()).any()]
        name, text = [*fits, *named, *parted][0]  # a name, or a text, may hold a =
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
    unread = np.all([np.isnat(each.stamps) for each in found], axis=0)
    if unread.mean() > 0.2:
        return False
    steps = np.diff(stamps[~np.isnat(stamps)])
    zero = np.timedelta64(0)
    ways = (steps >= zero, steps <= zero)  # but for a line or two that stand elsewhere
    risen = len(steps) > 0 and max(way.mean() for way in ways) >= 0.95
    days = found[0].spelling.startswith("day number")
    if days and MODIFIED_JULIAN.fullmatch(name.strip()):
        return bool(risen and (steps != zero).any())
    if days and stamps[~np.isnat(stamps)].max() > np.datetime64(
        "today"
    ) + np.timedelta64(800, "D"):
        return False  # the reading of a meter, or another count of days
    if _DATE_NAME.search(name) and not days:
        return True
    first = place == 0 and not _ID.search(name) and (not days or name == "column 1")
    return bool(risen and (steps != zero).any() and (first or _DATE_NAME.search(name)))


def find_dates(path, cells, name=None, value=None):
    """The column or columns that say when; None: there is none.

    Args:
        path: of the file, for messages.
        cells: table of text.
        name: of the column, several as ``year+month``; None looks for them.
        value: name of the column to forecast, which is no date; None: not known.

    Returns:
        Dates or None
    """
    notes = []
    if name is not None:
        names = [name] if name in cells else str(name).split("+")
        names = [known(path, cells, each.strip()) for each in names]
        if len(names) > 1:
            return Dates(names, *parts.joined(cells, names))
    else:
        others = cells.drop(columns=[value] if value in cells else [])
        names, notes = _likely(path, others)
        if names and parts.thirteen(cells, names):
            return None
        if not names:
            weak = [c for k, c in enumerate(others) if _weak(cells[c], c, k)]
            weak.sort(key=lambda c: not _DATE_NAME.search(c))
            if not weak:
                return None
            names = weak[:1]
    texts, told = parts.joined(cells, names)
    notes += told
    if time := parts.hours(cells, names, texts, value):
        names = [*names, *time[0]]
        texts, told = parts.timed(texts, *time[1:])
        notes += told
    if len(names) > 1:
        notes.insert(0, f"{' and '.join(map(repr, names))} make one date")
    return Dates(names, texts, notes)


def _likely(path, cells):
    """Names of the columns that clearly are dates, and sentences; [] and []: there are none."""
    pieces = parts.found(cells)
    strong = [c for c in cells if _strong(cells[c])]
    varied = [c for c in strong if cells[c].nunique() > 1]
    if not varied and not any(_weak(cells[c], c, k) for k, c in enumerate(cells)):
        varied = strong[:1] * (not pieces)
    strong = varied
    named = [c for c in strong if _DATE_NAME.search(c)] or strong
    if pieces:
        count = len(cells[pieces].drop_duplicates())
        named = [c for c in named if cells[c].nunique() >= count]
    if not named:
        return pieces or [], []
    best = max(named, key=lambda c: (not _LATER.search(c), cells[c].nunique()))
    if (first := cells.columns[0]) not in named and _counts_years(cells[first]):
        days = {
            text[-5:]
            for text in readings(cells[best])[0]
            .stamps.astype("datetime64[D]")
            .astype(str)
        }
        if len(days) > 2:  # the frost of each year, the birth of each winner
            return [first], [f"{best!r} holds other dates and was passed over"]
    if len(named) > 1 and _same_clock(cells, named):
        names, notes = named[:1], [f"{named[0]!r} says when a step begins"]
    elif len(named) == 1 or all(_follows(cells, best, [c]) for c in named if c != best):
        names, notes = [best], []
    else:
        raise DataError(
            f"{path} has several columns of dates, {named}. Name the one that counts: "
            f'--date "{best}", in a notebook date="{best}"'
        )
    if pieces and not _follows(cells, names[0], pieces):
        line, row = cells.index[0], cells.iloc[0]
        raise DataError(
            f"{path} has two dates that differ: in line {line} {names[0]!r} is "
            f"{row[names[0]]!r}, but {' and '.join(map(repr, pieces))} are "
            f"{' and '.join(repr(row[c]) for c in pieces)}. Name the one that counts: --date "
            f'"{names[0]}" or --date "{"+".join(pieces)}", in a notebook date=…'
        )
    return names, notes


def _counts_years(cells):
    """Whether a column goes on by one year from line to line."""
    if not parts.within(cells, 1500, 2199):
        return False
    steps = np.diff(pd.to_numeric(cells, errors="coerce"))
    return len(steps) > 1 and bool((steps == 1).all() or (steps == -1).all())


def _follows(cells, name, pieces):
    """Whether other columns only repeat the month, quarter, week … of a column of dates."""
    here = cells[:: max(1, len(cells) // 200)]
    week = len(pieces) > 1 and parts.named(pieces[1], "week")
    texts = parts.joined(here, pieces)[0]
    other = [each.stamps for each in readings(texts)[:2]]
    for one in readings(here[name].to_list())[:2]:
        for two in other:
            there = ~np.isnat(one.stamps) & ~np.isnat(two)
            a, b = one.stamps[there], two[there]
            if not there.any():
                continue
            units = [("D", 1), ("M", 1), ("M", 3), ("Y", 1)]
            floors = [
                [x.astype(f"M8[{u}]").astype("int64") // n for x in (a, b)]
                for u, n in units
            ]
            near = (abs(a - b) <= np.timedelta64(7, "D")).mean() > 0.9
            if (near and week) or any(
                (x == y).mean() > 0.95 and len(np.unique(b)) <= len(np.unique(y))
                for x, y in floors
            ):
                return True
    return False


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


def panel(cells, stamps, dates, value):
    """Names of the columns that tell apart lines of one date; (): there are none."""
    here = ~np.isnat(stamps)
    when = stamps[here]
    shared = pd.Series(when).duplicated(keep=False).mean() if len(when) else 0
    if shared == 0:
        return ()
    others = [c for c in cells if c not in dates and c != value]
    few = {}
    for name in others:
        column = cells[name][here]
        kinds = column.nunique()
        whole = all(re.fullmatch(r"\D{0,9}\d{1,6}\D{0,9}", c) for c in _some(column))
        often = kinds <= 100 or column.value_counts().min() >= 10
        if 2 <= kinds <= len(when) / 2 and (
            not numeric(column) or _worded(column) or (whole and often)
        ):
            few[name] = (numeric(column), kinds)
    order = sorted(few, key=few.get)
    numbers = [c for c in others if numeric(cells[c])]
    few_twice = max(1, 0.02 * len(when))  # lines that stand there twice
    for group in ([(c,) for c in order], combinations(order[:6], 2)):
        frames = {
            keys: cells.loc[:, list(keys)][here].assign(_when=when)
            for keys in group
            if value is not None or set(numbers) - {*keys}  # a column of values is left
        }
        twice = {keys: frame.duplicated().sum() for keys, frame in frames.items()}
        for keys in sorted(twice, key=lambda each: twice[each] > 0):
            if twice[keys] > few_twice or shared < 0.05:
                continue
            dense = _dense(frames[keys], list(keys))
            if dense >= 0.8 or (shared >= 0.2 and (not twice[keys] or dense >= 0.5)):
                return keys
    return ()


def _dense(frame, keys):
    """Share of the dates from the first to the last of each series on which it has a line."""
    frame = frame.drop_duplicates()
    place = pd.Series(frame["_when"].rank(method="dense").to_numpy(), frame.index)
    span = place.groupby([frame[key] for key in keys], sort=False)
    return len(frame) / (span.max() - span.min() + 1).sum()


def find_value(path, cells, dates, keys, name, stamps):
    """The column to forecast, and sentences on columns passed over.

    Raises:
        DataError: there is none, or there are several.
    """
    if name is not None:
        return known(path, cells, name), []
    others = [c for c in cells if c not in dates and c not in keys]
    said, left, idle = [], [], {}
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
            first = c == cells.columns[0]
            why = numeric(column) and _idle(c, first, column, stamps if dates else None)
            if why:
                idle[c] = why
    numbers = [c for c in left if numeric(cells[c])]
    numbers = [c for c in numbers if not _worded(cells[c])] or numbers
    if {*numbers} - {*idle}:
        numbers = [c for c in numbers if c not in idle]
        for why in dict.fromkeys(idle.values()):
            found = [repr(c) for c in idle if idle[c] == why]
            said.append(f"Passed over, as they {why}: {', '.join(found)}.")
    numbers.sort(key=lambda c: (not _VALUE.fullmatch(c), *_doubt(c, cells)))
    if len(numbers) == 1:
        return numbers[0], said
    beside = f"beside the dates in {' + '.join(map(repr, dates))}" if dates else "in it"
    if numbers:
        first = [f"{c!r} ({cells[c].iloc[0]})" for c in numbers]
        short = [c.removeprefix("column ") for c in numbers]
        count = ""
        if dates and not keys and uneven(stamps[~np.isnat(stamps)]):
            count = ' If each line is an event: --repair count (repair="count").'
        raise DataError(
            f"{path} has several columns of numbers, {numbers}, {beside}; in line "
            f"{cells.index[0]} they are {', '.join(first)}. Name the one to forecast: "
            f'--value "{short[0]}", in a notebook value="{short[0]}".{count}'
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


def events(cells, dates, stamps):
    """Whether lines are events: dates that repeat or are uneven, and no column of values."""
    there = stamps[~np.isnat(stamps)]
    if len(there) < 2 or not uneven(there):
        return False
    numbers = [c for c in cells if c not in dates and numeric(cells[c])]
    return all(
        _worded(cells[c])
        or _idle(c, c == cells.columns[0], cells[c].to_list(), None)
        == "number the lines"
        for c in numbers
    )


def uneven(stamps):
    """Whether dates repeat or a tenth of the equal steps between them lack one."""
    return len(np.unique(stamps)) < len(stamps) or fit(stamps) < 0.9


def texts(cells, dates, keys, name, stamps):
    """Columns of text that were passed over, in one sentence; and one that splits the lines.

    The second is a name and the lines of each text in it, or None: such as ``actual`` and
    ``forecast``, several units or currencies.
    """
    told, split = [], None
    for c in cells:
        column = cells[c]
        full = column[[not is_missing(cell) for cell in column]]
        if c in (*dates, *keys, name) or full.empty:
            continue
        if numeric(column) and not _worded(column):
            continue
        if dates and (_strong(column) or _decimal_date(column.to_list(), stamps)):
            continue
        counts = full.value_counts()
        some = [f"{brief(text)} {often(n)}" for text, n in counts.items()]
        many = f"{len(some)} texts, first {brief(full.iloc[0])}"
        told.append(f"{c!r} ({', '.join(some) if len(some) < 5 else many})")
        if not keys and split is None and 2 <= len(counts) <= 5 and _splits(c, counts):
            split = c, counts
    more = f" and {len(told) - 6} more" if len(told) > 6 else ""
    said = (
        [f"Columns of text passed over: {', '.join(told[:6])}{more}."] if told else []
    )
    return said, split


def _splits(name, counts):
    """Whether the few texts of a column tell apart what makes no one series."""
    kinds = [text.strip().lower() for text in counts.index]
    if " ".join(sorted(kinds)) in _SIGNS:
        return True
    if any(_PLANNED.fullmatch(text) for text in kinds) or _UNITS.search(name):
        return True
    money = all(re.fullmatch("[A-Z]{3}|[€$£¥]", text) for text in counts.index)
    return money and {*kinds} & {"eur", "usd", "gbp", "chf", "jpy", "€", "$", "£"}


def _worded(cells):
    """Whether cells that may be numbers are words with a number, such as ``Shop 3``, ``8ABC``."""
    beside = [re.sub(r"[\d.,'\s+-]", "", cell) for cell in _some(cells)]
    words = [re.match(r"\s*[^\W\d_]{4,}", cell) for cell in _some(cells)]
    most = np.mean([bool(word) for word in words] or [0]) > 0.5
    return bool(most or len({each for each in beside if each[:1].isalpha()}) > 4)


def _doubt(name, cells):
    """What makes a column of numbers less likely the value; the less, the smaller."""
    kinds, many = cells[name].nunique(), len(cells) >= 30
    numbers = pd.to_numeric(cells[name], errors="coerce").to_numpy()
    counts = (np.diff(numbers) > 0).all() and (numbers % 1 == 0).all()
    last = re.sub(r".*[\W_](?=.)", "", name)  # Weekly_Sales are sales
    dated = _DATE_NAME.search(last) or _ID.search(name)
    return bool(dated), many and kinds <= 10, bool(counts)


def _idle(name, first, column, stamps):
    """Why a column of numbers is hardly the value: constant, a count of lines, a date; or ""."""
    full = [cell for cell in column if cell]
    if len(column) >= 20 and len(full) <= max(1, 0.02 * len(column)):
        return "are empty in nearly all lines"
    if len({*full}) == 1 and len(full) > 2:
        return "have the same number in all lines"
    numbers = pd.to_numeric(pd.Series(column), errors="coerce").to_numpy(float)
    steps = np.diff(numbers)
    if len(steps) < 2 or (numbers % 1 != 0).any():
        return ""  # also where something is missing
    even = abs(steps[0]) == 1 and (steps == steps[0]).all()
    rising = (
        bool(re.search(r"(?<![^\W_])id$|(?<=[a-z])ID$", name)) and (steps > 0).all()
    )
    if rising or (even and (first or _ID.search(name))):
        return "number the lines"
    if stamps is not None and _repeats(name, column, numbers, stamps):
        return "repeat the dates"
    return ""


def _repeats(name, column, numbers, stamps):
    """Whether whole numbers repeat the dates, or their year, month, day of the week."""
    part = slice(None, None, max(1, len(column) // 2003))  # of long files some lines
    column, numbers, stamps = column[part], numbers[part], stamps[part]
    there = ~np.isnat(stamps)
    year = np.timedelta64(370, "D")
    for each in readings(column):
        if each.spelling in NUMERIC:
            gaps = np.abs(each.stamps[there] - stamps[there])
            if len(gaps) and (gaps <= year).mean() > 0.98:
                return True
    if numbers.min() < 0 or numbers.max() > 366 or not there.any():
        return False
    if any(
        parts.named(name, part) == 2 and len(name) > 3 and parts.is_part(column, part)
        for part in ("month", "quarter", "week", "doy")
    ):
        return True
    index = pd.DatetimeIndex(stamps[there])
    for piece in (
        "month",
        "quarter",
        "day",
        "hour",
        "minute",
        "day_of_week",
        "day_of_year",
    ):
        pairs = pd.DataFrame({"a": numbers[there], "b": getattr(index, piece)})
        kinds = len(pairs.drop_duplicates())
        same = kinds == pairs["a"].nunique() == pairs["b"].nunique()
        equal = pairs["b"].nunique() > 1 and (pairs["a"] == pairs["b"]).mean() > 0.98
        if equal or (same and kinds > 2 and len(pairs) >= 3 * kinds):
            return True
    return False


def _decimal_date(column, stamps):
    """Whether a column repeats the dates as decimal years, such as 2019.042."""
    try:
        for c in column[:: max(1, len(column) // 50)]:
            if not 1500 <= float(c.replace(",", ".")) <= 2200:
                return False
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
    to the first, and a tenth of the days to the end if the others stand there.
    """
    count = index.year.to_numpy() * 12 + index.month.to_numpy()
    steps = np.diff(count)
    if len(steps) == 0 or (steps < 1).any() or (index != index.normalize()).any():
        return None
    usual = int(np.bincount(steps).argmax())
    days = np.median(np.diff(index) / np.timedelta64(1, "D"))
    if np.any(steps % usual) or not 27 <= days / usual <= 32:
        return None
    ends, day = index.is_month_end.mean() >= 0.9, index.day
    if len({*day}) > 6 and not ends and np.ptp(day) > 15:
        return None
    letter = "E" if ends else "S"
    month = _ENGLISH[3 * index[0].month - 3 :][:3]
    freq = {1: f"M{letter}", 3: f"Q{letter}-{month}", 12: f"Y{letter}-{month}"}
    moved = not index.is_month_end.all() if ends else bool((day != 1).any())
    stamps = index.to_period("M").to_timestamp() if moved else index
    if moved and ends:
        stamps = stamps + pd.offsets.MonthEnd()
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
