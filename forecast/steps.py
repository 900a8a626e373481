"""From dated values to a series on equal steps: order, clocks, doubles, gaps."""

import json

import numpy as np
import pandas as pd

from forecast import columns
from forecast.faults import often, plural, when
from utils.datasets import DataError
from utils.grid import to_grid

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


def coded(rows, clerk):
    """Rows without codes for "missing" such as -9999, if you allow it."""
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
            f"{code:g} stands {often(hits.sum())} among values from {rest.min():g} to "
            f"{rest.max():g}, first in line {line}: a code for missing"
        )
        if clerk.repair(fault, "code", "keep", sure=not alone) == "code":
            rows = rows.assign(value=values.where(~hits))
            values = rows["value"]
    return rows


def in_order(path, rows, keys, clerk):
    """One value for each date, in order; and whether values were added up."""
    summed = False
    if keys:
        names = sorted(rows["key"].unique())
        few = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
        first = rows.loc[rows["key"] == names[0], "parts"].iloc[0]
        one = [f"{key}={part}" for key, part in zip(keys, first, strict=True)]
        typed = " ".join(f'--only "{each}"' for each in one)
        told = (
            f"{' and '.join(map(repr, keys))} tell{'s' * (len(keys) == 1)} them apart"
        )
        way = clerk.repair(
            f"{len(names)} series in one file: {told} ({few}). Take one with {typed} "
            f"(in a notebook only={json.dumps(one, ensure_ascii=False)}), or their sum",
            "sum",
            sure=False,
        )
        whole = rows.groupby("date")["key"].nunique() == len(names)
        same = rows.duplicated(["date", "key"]).any()
        rows = rows.groupby("date", as_index=False).agg(
            value=("value", lambda v: v.sum(skipna=False)), line=("line", "first")
        )
        if way == "sum" and whole.mean() > 0.5 and not same and not whole.all():
            day = when(whole.index[~whole][0])
            clerk.done.append(
                f"{plural((~whole).sum(), 'date')} without all {len(names)} series, first "
                f"{day}: no sum there."
            )
            rows["value"] = rows["value"].where(whole.to_numpy())
        summed = not whole.all()
    stamps = rows["date"].to_numpy()
    if (clock := _clock(stamps)) is not None:
        k, shifted = clock
        fault = (
            f"Clocks seem to be changed: {when(rows['date'].iloc[k + 1])} in line "
            f"{rows['line'].iloc[k + 1]} follows {when(rows['date'].iloc[k])}"
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
                f"Dates out of order {often(len(back))}, first in line {line}", "sort"
            )
            rows = rows.sort_values("date", kind="stable")
    twice = rows["date"].duplicated()
    if (twice.any() and "once" in clerk.consent) or _copies(rows, twice):
        first = rows[twice].iloc[0]
        clerk.repair(
            f"A date that occurs again {often(twice.sum())} with the same value, first "
            f"{when(first['date'])} in line {first['line']}",
            "once",
            "sum",
        )
        if "sum" not in clerk.consent:
            rows = rows.drop_duplicates(["date", "value"])
            twice = rows["date"].duplicated()
    if twice.any():
        first = rows[twice].iloc[0]
        way = clerk.repair(
            f"A date that occurs again {often(twice.sum())}, first {when(first['date'])} in "
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
        (after.day_of_week == 6)
        & (after.hour <= 4)
        & after.month.isin([3, 4, 9, 10, 11])
    )
    back, forth = night & (steps == step - hour), night & (steps == step + hour)
    if not (back | forth).any() or (steps < step)[~back].any():
        return None
    shift = np.concatenate([[0], np.cumsum(back.astype(int) - forth.astype(int))])
    return int((back | forth).argmax()), stamps + shift * hour


def even(series, clerk):
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
                f"Dates were moved to the first of the month: {when(series.index[0])} is "
                f"now {when(stamps[0])}."
            )
        series.index = pd.DatetimeIndex(stamps, name="date")
        return series.asfreq(freq)
    steps = pd.Series(np.diff(series.index))
    step = steps.mode().iloc[0]
    share = len(series) / _steps(series, step)
    rare = (steps == step).mean() < 0.5
    sparse = share < 0.5 and rare and step < pd.Timedelta("1D")
    if sparse or (steps % step != pd.Timedelta(0)).any():
        return _on_grid(series, steps, clerk)
    _bounded(series, step)
    weekend = series.index.day_of_week >= 5
    if step == pd.Timedelta("1D") and len(series) >= 10 and not weekend.any():
        return series.asfreq("B")
    whole_days = step % pd.Timedelta("1D") == pd.Timedelta(0)
    return series.asfreq(f"{step.days}D" if whole_days else step)


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
        f"the usual step is {step}: {_steps(series, step):.0f} steps for {len(series)} values. "
        "Is a date wrong? Otherwise leave out of the file what lies before or after."
    )


def _on_grid(series, steps, clerk):
    """Values at odd times: averaged on a grid, or added up day by day."""
    usual = steps.median()
    step = usual.round("min" if usual >= pd.Timedelta("1min") else "s")
    step = max(step, pd.Timedelta("1s"))
    _bounded(series, step)
    odd = int((steps != steps.mode().iloc[0]).to_numpy().argmax())
    line = f"{when(series.index[odd])} is followed by {when(series.index[odd + 1])}"
    filled = series.resample(step).count()
    nearly = filled.max() == 1 and filled.mean() > 0.9
    nearly |= bool((steps == steps.mode().iloc[0]).mean() > 0.8)  # it was switched off
    way = clerk.repair(
        f"Steps are uneven: {line}, the usual step is {step}",
        "grid",
        "day",
        sure=nearly,
    )
    if way == "day":
        return series.resample("D").sum(min_count=1)
    return to_grid(series, step)[0]


def complete(path, series, summed, clerk):
    """The series without gaps, how many values were filled, and how many left out."""
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
    ways = ("zero", "fill", "cut") if added else ("fill", "cut")
    way = clerk.repair(
        fault, *ways, sure=bool(share < 0.1 and run.max() <= 20 and not added)
    )
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


def told(series):
    """The step and the ends of a series, as a sentence."""
    words = {
        "Y": "a year", "Q": "a quarter", "M": "a month", "D": "a day", "B": "a working day",
        "h": "an hour", "7D": "a week",
    }  # fmt: skip
    freq = series.index.freqstr.split("-")[0]
    name = words.get(freq, words.get(freq.removesuffix("S").removesuffix("E"), freq))
    end = " (its end)" if freq in ("ME", "QE", "YE") else ""
    first, last = when(series.index[0]), when(series.index[-1])
    return f"Step: {name}{end}, from {first} to {last}."


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
    size = np.abs(values)
    small, large = np.minimum(size[1:], size[:-1]), np.maximum(size[1:], size[:-1])
    jump = (small > 0) & (large > 600 * small) & (large > 100 * np.median(size))
    if jump.any():
        k = int(jump.argmax())
        said.append(
            f"Odd: {values[k]:g} is followed by {values[k + 1]:g} on "
            f"{when(series.index[k + 1])}: another unit, or a mark misread?"
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
