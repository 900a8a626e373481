"""Gaps in a series, and a regular grid for what was measured at odd hours."""

import numpy as np
import pandas as pd

from utils.windows import check_numbers


def _dates(series):
    """Refuse what has no dates, or dates that are unsorted or occur twice."""
    index = getattr(series, "index", None)
    if not isinstance(series, pd.Series) or not isinstance(index, pd.DatetimeIndex):
        raise TypeError(
            f"A pandas Series with dates is needed; this is {type(series).__name__}. Give it "
            "dates: pd.Series(values, pd.date_range(start, periods=len(values), freq=...))."
        )
    if series.empty:
        raise ValueError("The series has 0 values; at least 1 is needed. Was it read?")
    back = np.flatnonzero(index[1:] <= index[:-1])
    if back.size:
        raise ValueError(
            f"{index[back[0] + 1]} comes after {index[back[0]]}; dates must rise, each of "
            "them once. Sort them: series.sort_index(), or average what occurs twice: "
            "series.groupby(level=0).mean()."
        )
    return series


def gap_report(series):
    """List the runs of missing values of a series on a regular grid.

    Args:
        series: pandas Series with a frequency; missing values are NaN.

    Returns:
        pandas.DataFrame: one row per gap, in order: ``start`` and ``end`` (first and last
        missing date) and ``steps`` (how many values are missing). Empty without gaps.

    Raises:
        TypeError: no dates.
        ValueError: no frequency, dates unsorted or twice, or an empty series.
    """
    if _dates(series).index.freq is None:
        raise ValueError(
            f"The series has no frequency (freq is None), so nobody knows which of its "
            f"{len(series)} dates are missing. Give it one: series.asfreq(...) or "
            "to_grid(series, freq)."
        )
    missing = series.isna().to_numpy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]])))
    first, after = edges[::2], edges[1::2]
    gaps = {"start": series.index[first], "end": series.index[after - 1]}
    return pd.DataFrame(gaps | {"steps": after - first})


def to_grid(series, freq, longest=0):
    """Put a series on a regular grid, fill short gaps, and say what was done.

    Values that share a grid cell are averaged. A gap is filled by a straight line through
    time, and only if *all* of it is short (pandas' ``interpolate(limit=...)`` also fills
    the beginning of a long one). Gaps at either end are never filled. A straight line uses
    the value after the gap: fill a test part in another way if that matters.

    Args:
        series: pandas Series with dates.
        freq: pandas frequency of the grid, such as ``"5min"``, ``"h"`` or ``"MS"``.
        longest: longest gap, in grid steps, that is filled; 0 fills nothing.

    Returns:
        tuple: the regular series, and a dictionary ``values`` (numbers that came in),
        ``steps`` (cells of the grid), ``averaged`` (cells made of several numbers),
        ``filled`` and ``missing`` (cells that stay empty).

    Raises:
        TypeError: no dates, or values that are not numbers.
        ValueError: dates unsorted or twice, an empty series, a negative ``longest``, or a
            frequency that pandas does not know.
    """
    _dates(series)
    if longest < 0:
        raise ValueError(f"longest is {longest}; it must be at least 0 grid steps.")
    check_numbers("The series", series.dropna(), least=0)
    cells = series.resample(freq)  # pandas names a frequency that it does not know
    grid, counts = cells.mean(), cells.count()
    gaps = gap_report(grid)
    inner = (gaps["start"] > grid.index[0]) & (gaps["end"] < grid.index[-1])
    line = grid.interpolate("time")
    filled = 0
    for _, gap in gaps[inner & (gaps["steps"] <= longest)].iterrows():
        grid.loc[gap["start"] : gap["end"]] = line.loc[gap["start"] : gap["end"]]
        filled += gap["steps"]
    report = {"values": int(series.count()), "steps": len(grid)}
    report |= {"averaged": int((counts > 1).sum()), "filled": int(filled)}
    return grid, report | {"missing": int(grid.isna().sum())}
