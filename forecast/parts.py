"""Dates whose parts stand in several columns: which they are, and their text as one date."""

import re

import numpy as np
import pandas as pd

from forecast.figures import is_missing
from forecast.spelling import readings, tidy

_WORDS = {  # that name a column; the longer ones also at the end of others: Meldewoche
    "year": "year yr yyyy yy y jahr année annee an ann año ano anno jaar rok år",
    "month": "month mon mm mo mn m monat mois mes mês mese maand miesiąc miesiac måned månad "
    "period",
    "day": "day dd dy d tag jour día dia giorno dag dzień dzien date",
    "quarter": "quarter qtr q quartal trimestre kvartal kwartał kwartal kwartaal",
    "week": "week wk kw woche semaine semana settimana vecka tydzień tydzien",
    "doy": "doy jday yday",
    "minute": "minute min mi mm mn",
}
_LIMITS = {
    "year": (1500, 2199), "month": (1, 13), "day": (1, 31), "quarter": (1, 4),
    "week": (1, 53), "doy": (1, 366), "minute": (0, 59),
}  # fmt: skip
_SPELT = {"month": r"@\d\d|m\d\d?", "quarter": r"q[1-4]|iv|i{1,3}", "week": r"w\d\d?"}
_MOST = {"month": 12, "quarter": 4, "week": 52, "doy": 365, "day": 28}
_OTHER = {"fiscal", "fy", "financial", "tax"}  # their months are others
_HOUR = re.compile(
    r"hour|(?<![a-z])(hrs?|h|std)(?![a-z])|hhmm|^h[he]$|stunde|heure|hora|uhr|time|zeit|godz",
    re.I,
)
_STEP = re.compile(
    r"period|interval|slot|^column ", re.I
)  # hours, if they fill the day
_CLOCK = re.compile(
    r"(\d\d?)(?:[:h](\d\d)(?::(\d\d))?)? ?(?:([ap])\.?m\.?)?( ?- ?\d\d?.*)?", re.I
)
_DOTTED = re.compile(r"(\d\d?)\.([0-5]\d)(?:\.([0-5]\d))?()()")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def some(cells, look=200):
    """Some of a column's cells that hold something."""
    cells = cells.to_list() if hasattr(cells, "to_list") else list(cells)
    part = cells[:: max(1, len(cells) // (4 * look))]
    full = [cell for cell in part if not is_missing(cell)]
    if not full:
        full = [cell for cell in cells if not is_missing(cell)]
    return full[:: max(1, len(full) // look)]


def within(cells, low, high):
    """Whether nearly all cells of a column are whole numbers from ``low`` to ``high``."""
    full = some(cells)
    hits = [re.fullmatch(r"\d{1,4}", c) and low <= int(c) <= high for c in full]
    return bool(full) and np.mean([bool(hit) for hit in hits]) > 0.9


def spelt(cells, form):
    """Whether nearly all cells of a column are spelt so."""
    full = some(cells)
    hits = [bool(re.fullmatch(form, tidy(c))) for c in full]
    return bool(full) and np.mean(hits) > 0.9


def is_part(cells, part):
    """Whether a column's cells may be that part of a date."""
    form = _SPELT.get(part)
    return within(cells, *_LIMITS[part]) or bool(form and spelt(cells, form))


def named(name, part):
    """2: a column's name says just that it is this part of a date; 1: also that; 0: not."""
    low = re.sub(r"day of (the )?year|dayofyear", "doy", name.lower())
    low = re.sub(r"day of (the )?month", "day", low)
    low = re.sub(r"^the | number$", "", low)
    words = re.findall(r"[^\W\d_]+", low)
    known = _WORDS[part].split()
    several = words and part == "year" and words[0].removesuffix("s") in known
    if len(words) == 1 and (words[0] in known or several):  # "Days" is a length
        return 1 + (len(words[0]) > 1)
    if _OTHER & {*words}:
        return 0
    long = tuple(word for word in known if len(word) > 2)
    return int(any(word in known or word.endswith(long) for word in words))


def runs(cells, names, column, most):
    """Whether a column runs through nearly all of ``most`` texts inside each date."""
    kinds = cells.groupby([cells[name] for name in names], sort=False)[column].nunique()
    kinds = kinds.iloc[1:-1] if len(kinds) > 2 else kinds
    return bool((kinds >= 0.9 * most).mean() > 0.5)


def _counts_on(cells, names, column):
    """Whether a column goes on by 1, if at all, from line to line inside each date."""
    digits = [re.sub(r"\D", "", tidy(cell)) for cell in cells[column]]
    numbers = np.array([float(each or "nan") for each in digits])
    groups = (
        cells.groupby([cells[name] for name in names], sort=False).ngroup().to_numpy()
    )
    steps = np.diff(numbers)[np.diff(groups) == 0]
    return any(
        np.isin(steps, (0, one)).mean() > 0.95 and (steps == one).mean() > 0.02
        for one in (1, -1)
        if len(steps)
    )


def found(cells):
    """Names of columns for year and month (quarter, week), day; None: there are none."""
    nameless = all(c.startswith("column ") for c in cells.columns[:2])
    if nameless and cells.shape[1] > 2:
        return _unnamed(cells)
    year = _best(cells, "year", [])
    if year is None:
        return None
    for part in ("month", "quarter", "week", "doy"):
        if c := _best(cells, part, [year]):
            day = _best(cells, "day", [year, c]) if part == "month" else None
            return [year, c] + ([day] if day else [])
    return None


def _unnamed(cells):
    """The parts of a date in the first columns of a table without names."""
    first = cells.columns[:3]
    for order in ("year month day", "day month year", "month day year", "year doy"):
        kinds = order.split()
        if all(is_part(cells[c], kind) for c, kind in zip(first, kinds, strict=False)):
            names = sorted(
                first[: len(kinds)], key=lambda c: kinds[[*first].index(c)] != "year"
            )
            if len(kinds) == 3 and cells.shape[1] > 3:
                day = first[kinds.index("day")]
                if kinds[0] == "year" or runs(
                    cells, [c for c in first if c != day], day, 28
                ):
                    return [
                        first[kinds.index(kind)] for kind in ("year", "month", "day")
                    ]
            elif kinds[-1] == "doy" and runs(cells, names[:1], names[1], 365):
                return names
    year, month = first[:2]
    if is_part(cells[year], "year") and is_part(cells[month], "month"):
        return [year, month]
    return None


def thirteen(cells, names):
    """Whether a part of the year runs from 1 to 13 in most years, each once: no months."""
    if len(names) != 2 or cells[names].duplicated().any():
        return False
    if not within(cells[names[1]], 1, 13):
        return False
    last = cells[names[0]][cells[names[1]] == "13"].nunique()
    return last > 0.5 * cells[names[0]].nunique()


def likely(cells, names, other):
    """Whether a column may be a part of the dates in others although nothing says so."""
    if len(names) == 1 and within(cells[names[0]], *_LIMITS["year"]):
        return any(
            is_part(cells[other], part) and runs(cells, names, other, _MOST[part])
            for part in ("month", "quarter", "week")
        )
    return clock(cells, names, other, sure=False, maybe=True) is not None


def _best(cells, part, before):
    """Name of the column that is this part of a date; None: there is none.

    A name that says more than that needs cells that run through a whole year or month.
    """
    ranks = {c: rank for c in cells if c not in before and (rank := named(c, part))}
    for c in sorted(ranks, key=lambda c: -ranks[c]):
        if is_part(cells[c], part) and (
            ranks[c] == 2
            or not before
            or runs(cells, before, c, _MOST[part])
            or _counts_on(cells, before, c)
        ):
            return c
    return None


def filled(cells):
    """Columns of years that are written once and then left empty, filled down.

    Returns:
        tuple: the table, and sentences on what was done.
    """
    told = []
    for c, after in zip(cells.columns[:-1], cells.columns[1:], strict=True):
        lines = cells[after] != ""
        full = cells.loc[lines & (cells[c] != ""), c]
        if not 2 <= len(full) <= 0.6 * lines.sum() or not within(full, 1500, 2199):
            continue
        if not any(is_part(cells[after], p) for p in ("month", "quarter", "week")):
            continue
        down = cells[c].where(cells[c] != "").ffill().fillna("").where(lines, cells[c])
        twice = pd.DataFrame({c: down, after: cells[after]})[lines].duplicated().any()
        if twice or not full.is_unique or down[lines].iloc[0] == "":
            continue
        cells = cells.assign(**{c: down})
        told.append(f"Empty cells of {c!r} were read as the year above them.")
    return cells, told


def joined(cells, names):
    """Text of several columns as one date, and sentences on what was done."""
    texts, told = cells[names[0]].to_list(), []
    long = np.mean([len(text) > 5 for text in some(texts)] or [0]) > 0.5
    unit = "day" if long else "year" if is_part(cells[names[0]], "year") else ""
    for k, name in enumerate(names[1:], 1):
        if unit == "hour":
            continue  # the minutes, which were taken with their hours
        time = clock(cells, names[:k], name, names[k + 1 :]) if unit == "day" else None
        if time is not None:
            texts, note = timed(texts, *time)
            told += note
            unit = "hour"
            continue
        part = _next(cells, names[:k], name, unit)
        column = _written(cells[name].to_list(), part)
        mark = {"quarter": " q", "week": "-w", "hour": " "}.get(part, "-")
        pairs = zip(texts, column, strict=True)
        if part == "doy":
            texts = [_of_year(a, b) for a, b in pairs]
            told.append(f"{name!r} counts the days of the year")
        else:
            texts = [f"{a}{mark}{b}" if a and b else "" for a, b in pairs]
        unit = "day" if part in ("doy", "day") or k == 2 else part
    return texts, told


def _next(cells, names, name, unit):
    """Which part of a date a column is that follows those of ``names``."""
    if unit != "year":
        return "hour" if _HOUR.search(name) else ""
    parts = ("month", "quarter", "week", "doy")
    likely = [
        part for part in parts if named(name, part) and is_part(cells[name], part)
    ]
    likely.sort(key=lambda part: -named(name, part))
    if not likely and is_part(cells[name], "quarter"):
        once = not cells[[*names, name]].duplicated().any()
        likely = ["quarter"] * (once and runs(cells, names, name, 4))
    likely += [part for part in parts if is_part(cells[name], part)]
    return likely[0] if likely else ""


def _of_year(year, day):
    """The date of a day of the year; what is none stays as it is."""
    if not (re.fullmatch(r"\d{4}", year) and re.fullmatch(r"\d{1,3}", day)):
        return f"{year} {day}" if year and day else ""
    return str(np.datetime64(f"{year}-01-01") + int(day) - 1)


def _written(column, part):
    """Cells as the spellings of dates have them: Q2, II, T2 as 2; KW05 as 05."""
    if part == "quarter":
        plain = [cell.lower().strip("qt. ") for cell in column]
        return [_ROMAN.get(cell, cell) for cell in plain]
    if part == "week":
        return [cell.lower().lstrip("kw ") for cell in column]
    if any(re.match(r"[mM]\d", cell) for cell in column):
        return [cell.lstrip("mM") for cell in column]
    return column


def _orders(cells, names, column, numbers, again=False):
    """Whether times put the lines of each date in order, or run through the day.

    Otherwise they are lengths, such as the hours that somebody has worked. ``again``: an
    hour may stand in several lines, which its minutes tell apart.
    """
    times = pd.Series([np.nan if n is None else n for n in numbers], cells.index)
    steps = times.groupby([cells[name] for name in names], sort=False).diff().dropna()
    steps = steps[steps != 0] if again else steps
    if len(steps) == 0 or max((steps > 0).mean(), (steps < 0).mean()) >= 0.9:
        return True
    return runs(cells, names, column, 12)


def _coarse(texts):
    """Whether dates name no day, such as 1998-01 or 1985-Q1."""
    found = readings(some(texts))
    word = found[0].spelling if found else ""
    return bool(found) and not re.search("day|compact$|compact with|since", word)


def hours(cells, names, texts, value=None):
    """The time of dates that occur again: names of its columns, seconds, and sentences.

    None: no column holds it. ``value``: the column to forecast, which is no time.
    """
    if len({*texts}) == len(texts) or any(":" in text for text in texts[:50]):
        return None
    if _coarse(texts):
        return None
    for name in sorted(cells, key=lambda c: not _HOUR.search(c)):
        if name in names or name == value:
            continue
        sure = bool(_HOUR.search(name))
        rest = [c for c in cells if named(c, "minute") and c not in (*names, name)]
        if name.startswith("column "):
            rest += [*cells.columns[[*cells].index(name) + 1 :][:1]]
        time = clock(cells, names, name, rest, sure, bool(_STEP.search(name)))
        if time is not None:
            seconds, note, used = time
            return [name, *used], seconds, note
    return None


def clock(cells, names, name, minutes=(), sure=True, maybe=False):
    """Seconds since midnight in a column (None: a cell has none), sentences, columns of minutes.

    ``names``: columns of the day; ``sure``: its name, or yours, says that it holds a time;
    ``maybe``: it may, if it runs through the whole day. None: its cells are no times.
    """
    column, full = cells[name].to_list(), some(cells[name])
    if full and within(full, 0, 2400):
        counted = _counted(cells, names, name, sure, maybe, bool(minutes))
        for c in minutes if counted else ():
            if _minutes(cells, [*names, name], c):
                more = [60 * int(m) if m.isdecimal() else 0 for m in cells[c]]
                pairs = zip(counted[0], more, strict=True)
                return [s if s is None else s + m for s, m in pairs], counted[1], [c]
        return counted and (*counted, [])
    dotted = all(_DOTTED.fullmatch(cell) for cell in full)
    form = _DOTTED if dotted else _CLOCK
    hits = [form.fullmatch(cell) for cell in full]
    if not all([*hits, full]) or any(int(hit[1]) > 24 for hit in hits):
        return None
    clear = all(hit[3] if dotted else hit[2] or hit[4] for hit in hits)
    if not clear and not (sure and len({*full}) > 1):
        return None
    seconds = [hit and _second(hit) for hit in map(form.fullmatch, column)]
    if not _orders(cells, names, name, seconds):
        return None
    return (*_begun(seconds), [])


def _minutes(cells, hours, column):
    """Whether a column holds the same few minutes in each hour."""
    kinds = cells[column].nunique()
    fits = kinds > 1 and is_part(cells[column], "minute")
    return fits and runs(cells, hours, column, kinds)


def _second(hit):
    hour = int(hit[1])
    if hit[4]:
        hour = hour % 12 + 12 * (hit[4].lower() == "p")
    return 3600 * hour + 60 * int(hit[2] or 0) + int(hit[3] or 0)


def _begun(seconds):
    """Times that run to 24:00 as the beginnings of their steps, and a sentence on it."""
    there = np.unique([second for second in seconds if second is not None])
    step = np.diff(there).min() if len(there) > 1 else 0
    if there[-1] != 86400 or there[0] != step or step > 3600:
        return seconds, []
    early = [second if second is None else second - int(step) for second in seconds]
    if step == 3600:
        return early, ["hours 1 to 24 were read as those that begin at 0 to 23"]
    return early, ["times that run to 24:00 were read as ends of steps"]


def _counted(cells, names, name, sure, maybe, again):
    """Seconds since midnight from hours 0 … 24, times such as 1830, steps 1 … 48 or 1 … 96."""
    column = cells[name].to_list()
    found = {c: int(c) if re.fullmatch(r"\d{1,4}", c) else None for c in {*column}}
    numbers = [found[cell] for cell in column]
    there = sorted({*numbers} - {None})
    low, top = there[0], there[-1]
    if len(there) < 2 or not (sure or maybe):
        return None
    own = sure and _orders(cells, names, name, numbers, again)
    if top <= 24 and (own or (top - low == 23 and runs(cells, names, name, 24))):
        return _begun([n if n is None else 3600 * n for n in numbers])
    for hour in (1, 2, 4):
        more = top - low + 1 - 24 * hour
        if (
            low <= 1
            and more in (0, hour, -hour)
            and runs(cells, names, name, 24 * hour)
        ):
            days = cells.groupby([cells[c] for c in names], sort=False)[name]
            more = days.transform("nunique").to_numpy() - 24 * hour
            if hour == 1 and more.max() < 1:  # 23 hours: the last one is missing
                more = 0 * more
            ends = days.ngroup().isin([0, days.ngroups - 1]).to_numpy()
            more = np.where((np.abs(more) == hour) & ~ends, more, 0)
            steps = [
                n if n is None else n - low - m * (n - low >= 2 * hour)
                for n, m in zip(numbers, more.tolist(), strict=True)
            ]
            seconds = [n if n is None else 3600 // hour * n for n in steps]
            return seconds, [
                f"{name!r} counts steps of {60 // hour} minutes from 00:00 on"
            ]
    times = 100 <= top <= 2400 and all(n % 100 < 60 for n in there)
    if sure and times and runs(cells, names, name, 2):
        return _begun(
            [n if n is None else n // 100 * 3600 + n % 100 * 60 for n in numbers]
        )
    return None


def timed(texts, seconds, told, _=()):
    """Dates with their times."""
    fine = any(second % 60 for second in seconds if second is not None)
    out = []
    for text, second in zip(texts, seconds, strict=True):
        if second is None or not text:
            out.append("")
            continue
        clocked = f"{second // 3600:02d}:{second // 60 % 60:02d}"
        out.append(f"{text} {clocked}" + f":{second % 60:02d}" * fine)
    return out, told
