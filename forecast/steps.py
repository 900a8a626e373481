"""From dated values to a series on equal steps: order, clocks, doubles, gaps."""

import json
import re

import numpy as np
import pandas as pd

from forecast import columns
from forecast.faults import often, plural, when
from utils.datasets import DataError
from utils.grid import to_grid

#: Numbers that stand for "missing" in files of stations, satellites and programs.
_CODES = {
    round(sign * (10**k - 1 + share), 2)
    for k in range(2, 7) for sign in (1, -1) for share in (0, 0.9, 0.99)
}  # fmt: skip
_CODES |= {-1, -888, -8888, 8888, -6999, 7999, 32767, -32767, -32768, 65535}


def coded(rows, clerk):
    """Rows without codes for "missing" such as -9999, if you allow it."""
    values, left = rows["value"], rows["value"]  # left: without what was spoken of
    while (found := _code(left)) is not None:
        code, rest, sure = found
        hits = left == code
        line = rows.loc[hits.idxmax(), "line"]
        fault = (
            f"{code:g} stands {often(hits.sum())} among values from {rest.min():g} to "
            f"{rest.max():g}, first in line {line}: a code for missing"
        )
        ways = ("code", "keep") if sure or code < 0 else ("keep", "code")
        if clerk.repair(fault, *ways, sure=sure) == "code":
            values = values.where(~hits)
        left = left.where(~hits)
    return rows.assign(value=values)


def _code(values):
    """A code for "missing" among values, the values that are none, and whether it is sure.

    It lies further from the values than they from each other; a number that is not known
    as a code is negative or of one digit only, stands there twice or more, and twice as far.
    Most values are none: a shop that is closed has sold 0.
    """
    known = values.isin(_CODES) | (values.abs() >= 1e19)
    for code in (values.min(), values.max()):
        here = values == code
        rest = values[~(known if known[here].any() else here)].dropna()
        if len(rest) < 3 or here.mean() > 0.5:
            continue
        gap, size = np.abs(rest - code).min(), np.ptp(rest)
        if code == -1 and rest.min() >= 0:
            beside = values[
                here.shift(fill_value=False) | here.shift(-1, fill_value=False)
            ]
            beside = beside[beside != -1].median()
            if beside > max(2, rest.median() / 2):
                return code, rest, False
            continue
        if known[here].any() and gap > size and gap > 0:
            return code, rest, bool(code < 0 or code >= 10 * rest.max())
        odd = code < 0 or len({*f"{code:g}".replace(".", "")}) == 1
        odd &= code != 0 and here.mean() < 0.1
        if odd and here.sum() > 1 and len(rest) > 9 and gap > 2 * size > 0:
            return code, rest, False
    return None


def in_order(rows, keys, clerk, least, hint=""):
    """One value for each date, in order; and whether values were added up."""
    summed = False
    if keys:
        rows, summed = _added(rows, keys, clerk, least, hint)
    if (stray := _stray(rows)) is not None:
        first = rows.iloc[stray[0]]
        fault = (
            f"{plural(len(stray), 'date')} far from all others, first {when(first['date'])} in "
            f"line {first['line']}, mistyped? Leave {'it' if len(stray) == 1 else 'them'} "
            "out, or correct the file"
        )
        if clerk.repair(fault, "dates", "keep") == "dates":
            rows = rows.drop(rows.index[stray])
    stamps = rows["date"].to_numpy()
    if (clock := _clock(stamps, rows["line"].to_numpy())) is not None:
        k, shifted = clock
        fault = (
            f"Clocks seem to be changed: {when(rows['date'].iloc[k + 1])} in line "
            f"{rows['line'].iloc[k + 1]} follows {when(rows['date'].iloc[k])}"
        )
        if clerk.repair(fault, "clock", "keep") == "clock":
            rows = rows.assign(date=shifted)
            stamps = shifted
    back = np.flatnonzero(np.diff(stamps) < np.timedelta64(0))
    turned = len(back) and bool((np.diff(stamps) <= np.timedelta64(0)).all())
    if turned:
        rows = rows[::-1]
        clerk.said.append("The newest line stood first; the order was turned round.")
    elif len(back):
        line = rows["line"].iloc[back[0] + 1]
        clerk.repair(
            f"Dates out of order {often(len(back))}, first in line {line}", "sort"
        )
        rows = rows.sort_values("date", kind="stable")
    if rows["date"].duplicated().any():
        return _one_a_date(rows, clerk, appended=len(back) > 0 and not turned)
    return rows.set_index("date")["value"], summed


def _added(rows, keys, clerk, least, hint):
    """The sum of several series, a line a date; and whether some dates lack one of them."""
    names = sorted(rows["key"].unique())
    few = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    first = rows.loc[rows["key"] == names[0], "parts"].iloc[0]
    one = [f"{key}={part}" for key, part in zip(keys, first, strict=True)]
    typed = " ".join(f'--only "{each}"' for each in one)
    told = f"{' and '.join(map(repr, keys))} tell{'s' * (len(keys) == 1)} them apart"
    way = clerk.repair(
        f"{len(names)} series in one file: {told} ({few}). Take one with {typed} "
        f"(in a notebook only={json.dumps(one, ensure_ascii=False)}), or their sum{hint}",
        "sum",
        sure=False,
    )
    twice = rows.duplicated(["date", "key"])
    copies = twice & rows.duplicated(["date", "key", "value"])
    if twice.any():
        line = rows["line"][twice].iloc[0]
        what = (
            f"{plural(twice.sum(), 'date')} twice in one series, first in line {line}"
        )
        if copies[twice].all():
            if clerk.repair(f"{what}, with the same value", "once", "keep") == "once":
                rows = rows[~copies]
        else:
            clerk.said.append(f"{what}: the sum counts each.")
    whole = rows.groupby("date")["key"].nunique() == len(names)
    same = rows.duplicated(["date", "key"]).any()
    ends = rows.groupby("key")["date"].agg(["min", "max"])
    rows = rows.groupby("date", as_index=False).agg(
        value=("value", lambda v: v.sum(skipna=False)), line=("line", "first")
    )
    if whole.all() or way != "sum":
        return rows, not whole.all()
    lack, day = (~whole).sum(), when(whole.index[~whole][0])
    strict = whole.mean() > 0.5 and not same
    common = whole.loc[ends["min"].max() : ends["max"].min()]
    if not strict and not same and common.sum() >= least and common.mean() > 0.5:
        strict = (
            clerk.repair(
                f"{lack} of {len(whole)} dates are without some of the series, first {day}; all "
                f"are there from {when(common.index[0])} to {when(common.index[-1])}. Sum only "
                "there, or everywhere what is there",
                "cut",
                "keep",
                sure=False,
            )
            == "cut"
        )
    if strict:
        rows["value"] = rows["value"].where(whole.to_numpy())
        what = f"{plural(lack, 'date')} without all {len(names)} series, first {day}: no sum there."
    else:
        what = (
            f"{lack} of {len(whole)} dates without all {len(names)} series, first {day}: the "
            "sum counts only those that are there."
        )
    clerk.done.append(what)
    return rows, True


def _stray(rows):
    """Positions of a few dates far from all others, and where they are out of order; or None."""
    stamps = rows["date"].to_numpy().astype("datetime64[s]").astype("int64")
    if len(stamps) < 10:
        return None
    order = np.argsort(stamps, kind="stable")
    gaps = np.diff(stamps[order])
    if not (gaps > 0).any():
        return None
    far = gaps > 5 * np.median(gaps[gaps > 0])
    lone = np.sort(order[np.r_[True, far] & np.r_[far, True]])
    if not 0 < len(lone) <= max(1, 0.02 * len(stamps)):
        return None
    rest = np.delete(stamps, lone)
    if not ((np.diff(rest) >= 0).all() or (np.diff(rest) <= 0).all()):
        return None
    found = []
    for k in lone:
        if 0 < k < len(stamps) - 1:
            low, high = sorted(stamps[[k - 1, k + 1]])
            strange = not low <= stamps[k] <= high
        else:  # nothing stands behind it: it must be further away than all is long
            strange = np.abs(rest - stamps[k]).min() > np.ptp(rest)
        found += [k] * bool(strange and pd.notna(rows["value"].iloc[k]))
    return found or None


def _one_a_date(rows, clerk, appended):
    """One value for each date where some occur again; and whether values were added up."""
    twice = rows["date"].duplicated()
    again = rows.duplicated(["date", "value"]) & rows["value"].notna()
    copies, few = bool(again[twice].all()), bool(twice.mean() < 0.1)
    if copies or "once" in clerk.consent:
        first = rows[twice].iloc[0]
        ways = ("once", "sum") if few or appended else ("sum", "once")
        way = clerk.repair(
            f"A date that occurs again {often(twice.sum())} with the same value, first "
            f"{when(first['date'])} in line {first['line']}",
            *ways,
            sure=few,
        )
        if way == "sum":
            return rows.groupby("date")["value"].sum(min_count=1), not few
        rows = rows.drop_duplicates(["date", "value"])
        twice = rows["date"].duplicated()
        if not twice.any():
            return rows.set_index("date")["value"], False
    first = rows[twice].iloc[0]
    way = clerk.repair(
        f"A date that occurs again {often(twice.sum())}, first {when(first['date'])} in "
        f"line {first['line']}",
        "sum",
        "average",
        "last",
        sure=False,
    )
    group = rows.groupby("date")["value"]
    found = {
        "sum": group.sum(min_count=1),
        "average": group.mean(),
        "last": group.last(),
    }
    return found[way], way == "sum" and twice.mean() > 0.2


#: Sundays on which clocks go forward and back: month and week (-1: the last), now or once,
#: in Europe, America, Australia and New Zealand.
_FORTH = {(3, -1), (3, 2), (4, 1), (4, -1), (9, -1), (10, 1)}
_BACK = {(10, -1), (11, 1), (9, -1), (4, 1), (3, -1)}


def _clock(stamps, lines):
    """Position of the first change of clocks and stamps that count on; None: there is none."""
    if len(stamps) < 3:
        return None
    steps = np.diff(stamps)
    sizes, counts = np.unique(steps, return_counts=True)
    step, hour = sizes[counts.argmax()], np.timedelta64(3600, "s")
    if not np.timedelta64(0) < step <= hour:
        return None
    after = pd.DatetimeIndex(stamps[1:])
    due = pd.DatetimeIndex(stamps[:-1] + step)  # if no clock were changed
    last = after.day + 7 > after.days_in_month
    nth = np.where(last, -1, (after.day - 1) // 7 + 1)
    first = (after.day - 1) // 7 + 1

    def night(sundays, at):
        listed = [
            (m, a) in sundays or (m, b) in sundays
            for m, a, b in zip(after.month, nth, first, strict=True)
        ]
        begun = due.floor("h") != pd.DatetimeIndex(stamps[:-1]).floor("h")
        return (after.day_of_week == 6) & begun & at.hour.isin([1, 2, 3]) & listed

    gone = np.diff(lines) > np.median(np.diff(lines))  # lines between were left out
    forth, back = (steps == step + hour) & ~gone, steps == step - hour
    if not (forth | back).any():
        return None
    forth, back = forth & night(_FORTH, due), back & night(_BACK, after)
    turns = np.flatnonzero(forth | back)
    if not len(turns) or (steps < step)[~back].any():
        return None
    ends = np.r_[stamps[0], stamps[1:][turns], stamps[-1]]
    if (np.diff(back[turns]) == 0).any() or (np.diff(ends) > 245 * 24 * hour).any():
        return None  # forth and back by turns, twice a year
    shift = np.concatenate([[0], np.cumsum(back.astype(int) - forth.astype(int))])
    return int(turns[0]), stamps + shift * hour


def even(series, clerk, least):
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
            k = int((series.index != stamps).argmax())
            end = "last" if stamps.is_month_end.all() else "first"
            clerk.said.append(
                f"Dates were moved to the {end} of the month: {when(series.index[k])} is "
                f"now {when(stamps[k])}."
            )
        series.index = pd.DatetimeIndex(stamps, name="date")
        return series.asfreq(freq)
    if (freq := _half_months(series.index)) is not None:
        return series.asfreq(freq)
    steps = pd.Series(np.diff(series.index))
    step = steps.mode().iloc[0]
    share = len(series) / _steps(series, step)
    rare = (steps == step).mean() < 0.5
    sparse = share < 0.5 and rare and step < pd.Timedelta("1D")
    if sparse or (steps % step != pd.Timedelta(0)).any():
        series, step = _on_grid(series, steps, clerk, least)
        if series.index.freq is not None:
            return series
    _bounded(series, step)
    if step == pd.Timedelta("1D") and len(series) >= 10:
        weekend, there = series.index.day_of_week >= 5, series.notna().to_numpy()
        valued = weekend & there
        most = max(1, 0.02 * len(series)) if len(series) >= 20 else 0
        empty = (weekend & ~there).any()  # weekends in the file, but without a value
        if valued.sum() <= most and (not empty or there[~weekend].mean() > 0.7):
            if valued.any():
                days = ", ".join(f"{day:%Y-%m-%d}" for day in series.index[valued][:4])
                clerk.said.append(
                    f"The steps are working days; {plural(valued.sum(), 'value')} on a "
                    f"weekend left out: {days}."
                )
            if empty:
                clerk.said.append(
                    "The steps are working days: the lines of weekends, first "
                    f"{series.index[weekend & ~there][0]:%Y-%m-%d}, hold no value and were "
                    "left out."
                )
            return series[~weekend].asfreq("B")
    whole_days = step % pd.Timedelta("1D") == pd.Timedelta(0)
    return series.asfreq(f"{step.days}D" if whole_days else step)


def _half_months(index):
    """The step of dates that are the 1st and 15th, or the 15th and the end; otherwise None."""
    if len(index) < 6 or (index != index.normalize()).any():
        return None
    days, middle = {*index.day}, {*index.day[~index.is_month_end]}
    freq = {(1, 15): "SMS-15", (1, 16): "SMS-16"}.get((*sorted(days),))
    freq = freq or ("SME-15" if middle == {15} and index.is_month_end.any() else None)
    if freq is None or len(index) < 0.5 * len(
        pd.date_range(index[0], index[-1], freq=freq)
    ):
        return None
    return freq


def _steps(series, step):
    """How many steps lie from the first date to the last, both counted."""
    ends = series.index[[0, -1]].to_numpy().astype("datetime64[s]").astype("float64")
    return (ends[1] - ends[0]) / step.total_seconds() + 1


def _bounded(series, step):
    """Refuse a grid that is nearly empty and huge: one wrong date is enough for it."""
    if _steps(series, step) <= 50 * len(series) + 10_000:
        return
    seconds = np.diff(series.index.to_numpy().astype("datetime64[s]"))
    k = int(seconds.argmax())
    raise DataError(
        f"From {when(series.index[k])} to {when(series.index[k + 1])} no step is there, and "
        f"the usual step is {words(step)}: {_steps(series, step):.0f} steps for {len(series)} "
        "values. Is a date wrong? Otherwise leave out of the file what lies before or after."
    )


def _on_grid(series, steps, clerk, least):
    """Values at odd times on equal steps, or added up day by day; and the step.

    Each value stands at the nearest point of a grid if none is further from it than a third
    of a step. Otherwise those of a step are averaged, and the grid has a frequency.
    """
    usual, one = steps.median(), pd.Timedelta("1D")
    for unit in ("1D", "1h", "30min", "15min", "10min", "5min", "1min", "1s"):
        step = usual.round(unit)
        if step > pd.Timedelta(0) and abs(step - usual) <= 0.02 * usual:
            break
    step = max(step, pd.Timedelta("1s"))
    _bounded(series, step)
    odd = int((steps != steps.mode().iloc[0]).to_numpy().argmax())
    line = f"{when(series.index[odd])} is followed by {when(series.index[odd + 1])}"
    points = _nearest(series.index, step)
    switched = bool((steps == steps.mode().iloc[0]).mean() > 0.8)  # off, for a while
    filled = series.resample(step).count()
    nearly = switched or (filled.max() == 1 and filled.mean() > 0.9 and step < one)
    days = (series.index[-1].normalize() - series.index[0].normalize()).days + 1
    ways = ["grid"] + ["day"] * (step < one and (days >= least or _open(clerk)))
    way = clerk.repair(
        f"Steps are uneven: {line}, the usual step is {words(step)}",
        *ways,
        sure=bool(nearly or points is not None),
    )
    if way == "day":
        return series.resample("D").sum(min_count=1), one
    if points is not None:
        return series.set_axis(points.rename("date")), step
    return to_grid(series, step)[0], step


def _nearest(index, step):
    """For each date a point of an equal grid, at most a third of a step away; or None."""
    day = pd.Timedelta("1D")
    if step == day and (days := index.normalize()).is_unique:
        return days
    size, whole = step.total_seconds(), step > day and step % day == pd.Timedelta(0)
    seconds = ((index - index[0].normalize()) / pd.Timedelta("1s")).to_numpy()
    phase = np.angle(np.exp(2j * np.pi * seconds / size).mean()) / (2 * np.pi) * size
    off = np.abs((seconds - phase + size / 2) % size - size / 2).max()
    if whole:
        phase = 86400 * np.floor(phase / 86400 + 0.5)
    elif abs(phase) <= max(size / 30, 1.5 * off):
        phase = 0.0  # on the hour, rather than two seconds past
    phase = np.round(phase)
    count = np.rint((seconds - phase) / size)
    far = np.abs(seconds - phase - count * size).max() > size / 3
    if far or (np.diff(count) < 1).any():
        return None
    shift = pd.to_timedelta(phase + count * size, unit="s")
    return pd.DatetimeIndex(index[0].normalize() + shift)


def _open(clerk):
    """Whether a choice is still to be made: the length of the series may change."""
    return any(not fault.sure for fault in clerk.faults)


def complete(path, series, summed, clerk, least):
    """The series without gaps, how many values were filled, and how many left out."""
    series = _coarser(series, clerk)
    whole, missing = len(series), series.isna().to_numpy()
    if not missing.any():
        return series, 0, 0
    inner = series.loc[series.first_valid_index() : series.last_valid_index()]
    if inner.notna().all() or clerk.undecided("grid"):
        return inner.dropna(), 0, whole - len(inner)
    run = inner.isna().groupby(inner.notna().cumsum()).sum()
    stretch = inner.notna().groupby(inner.isna().cumsum()).sum()
    share = inner.isna().mean()
    fault = (
        f"{missing.sum()} of {whole} steps have no value, first {when(series.index[missing][0])}, "
        f"longest gap {run.max()}, longest stretch without a gap {stretch.max()}"
    )
    added = summed or "day" in clerk.consent or share > 0.3
    works = {"zero": added, "fill": share <= 0.2, "cut": stretch.max() >= least}
    if _open(clerk):
        works |= {"fill": True, "cut": True}
    ways = [way for way, fine in works.items() if fine]
    if not ways or ("fill" in clerk.consent and not {*ways} & {*clerk.consent}):
        instead = (
            f"allow {' or '.join(map(repr, ways))} instead of 'fill'"
            if ways
            else f"no stretch has the {least} values that are needed either. Fill the gaps in the "
            "file, or take a coarser step"
        ).replace("'", '"')
        raise DataError(
            f"{path}: {fault}. Straight lines would be {share:.0%} of the series, more than a "
            f"fifth: {instead}."
        )
    way = clerk.repair(
        fault, *ways, sure=bool(share < 0.1 and run.max() <= 20 and not added)
    )
    left_out = whole - len(inner)
    if way == "zero":
        return inner.fillna(0.0), int(inner.isna().sum()), left_out
    if way == "fill":
        return inner.interpolate(), int(inner.isna().sum()), left_out
    kept = inner[(inner.isna().cumsum() == stretch.idxmax()) & inner.notna()]
    return kept, 0, whole - len(kept)


def _coarser(series, clerk):
    """The series on longer steps if only every second (third …) step has a value."""
    there = np.flatnonzero(series.notna())
    apart = np.diff(there)
    if len(there) < 5 or series.index.freq is None:
        return series
    times = int(np.bincount(apart).argmax())
    if times < 2 or (apart % times).any() or (apart == times).mean() < 0.9:
        return series
    longer = series.iloc[there[0] : there[-1] + 1 : times]
    clerk.said.append(
        f"Only one step in {times} has a value, regularly: the step is "
        f"{words(longer.index.freq)}, not {words(series.index.freq)}."
    )
    return longer


def words(step):
    """A step in words: ``a month``, ``half a year``, ``15 minutes``, ``5 years``."""
    if isinstance(step, pd.Timedelta):
        day = step % pd.Timedelta("1D") == pd.Timedelta(0)
        step = pd.tseries.frequencies.to_offset(f"{step.days}D" if day else step)
    count, name = step.n, step.rule_code.split("-")[0]
    name = re.sub(r"^B?([MQY])[SE]$", r"\1", name)
    if name in ("Q", "M", "D"):  # 6 months are half a year, 14 days 2 weeks
        count *= 3 if name == "Q" else 1
        size, long = (7, "W") if name == "D" else (12, "Y")
        name = "D" if name == "D" else "M"
        if count % size == 0:
            count, name = count // size, long
    if (count, name) in ((3, "M"), (6, "M")):
        return "a quarter" if count == 3 else "half a year"
    said = {
        "Y": "a year", "M": "a month", "W": "a week", "D": "a day", "B": "a working day",
        "h": "an hour", "min": "a minute", "s": "a second", "SMS": "half a month",
        "SME": "half a month",
    }.get(name, step.freqstr)  # fmt: skip
    return said if count == 1 else f"{count} {said.split(' ', 1)[-1]}s"


def told(series):
    """The step and the ends of a series, as a sentence."""
    freq = series.index.freqstr.split("-")[0].lstrip("0123456789")
    end = " (its end)" if freq in ("ME", "QE", "YE") else ""
    first, last = when(series.index[0]), when(series.index[-1])
    return f"Step: {words(series.index.freq)}{end}, from {first} to {last}."


def hopeless(path, series, name, least):
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


def odd(series):
    """What looks odd in the values, as sentences."""
    values, said = series.to_numpy(), []
    kinds, counts = np.unique(values, return_counts=True)
    for k, near, word in ((0, 1, "smallest"), (-1, -2, "largest")):
        many = counts[k] >= max(3, 0.01 * len(values))
        if len(kinds) > 10 and kinds[k] != 0 and many and counts[k] > 3 * counts[near]:
            said.append(
                f"Odd: the {word} value, {kinds[k]:g}, occurs {counts[k]} times: a limit of "
                "the instrument?"
            )
    if len(kinds) > 10 and kinds[0] == 0 and kinds[1] > np.ptp(kinds[1:]):
        said.append(
            f"Odd: 0 stands {often(counts[0])} among values from {kinds[1]:g} to "
            f"{kinds[-1]:g}: a missing value?"
        )
    if (jump := _jump(np.abs(values))) is not None:
        said.append(
            f"Odd: {values[jump - 1]:g} is followed by {values[jump]:g} on "
            f"{when(series.index[jump])}: another unit, or a mark misread?"
        )
    edges = np.flatnonzero(np.diff(values)) + 1
    edges = np.concatenate([[0], edges, [len(values)]])
    runs = np.diff(edges)
    k = int(runs.argmax())
    if runs[k] >= max(10, 0.05 * len(values)) and len(kinds) > 10:
        said.append(
            f"Odd: {values[edges[k]]:g} stands still for {runs[k]} steps from "
            f"{when(series.index[edges[k]])} on."
        )
    return said


def _jump(size):
    """Position of the first value that is many times its neighbours, or of a new scale."""
    small, large = np.minimum(size[1:], size[:-1]), np.maximum(size[1:], size[:-1])
    found = (small > 0) & (large > 600 * small) & (large > 100 * np.median(size))
    if len(size) < 10 or not (size > 0).any():
        return int(found.argmax()) + 1 if found.any() else None
    logs = np.log10(np.where(size > 0, size, np.nan))
    step = np.diff(logs)
    low, high = np.nanquantile(logs, [0.1, 0.9])
    there = logs[1:-1]
    alone = (np.abs(step[:-1]) > 1.5) & (np.abs(step[1:]) > 1.5)  # thirty times
    alone &= (step[:-1] * step[1:] < 0) & ((there > high + 1) | (there < low - 1))
    alone &= high - low < 1  # where values span decades, 0.1 after 7.8 is nothing odd
    found[:-1] |= alone
    for k in np.flatnonzero(np.abs(step) > 1.5)[:50]:
        before, after = logs[max(0, k - 19) : k + 1], logs[k + 1 : k + 21]
        scale = abs(np.median(after) - np.median(before))  # 100 or 1000 from here on
        steady = (
            min(len(before), len(after)) >= 5 and max(np.ptp(before), np.ptp(after)) < 1
        )
        found[k] |= steady and min(abs(scale - 2), abs(scale - 3)) < 0.3
    return int(found.argmax()) + 1 if found.any() else None
