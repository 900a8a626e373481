"""Gaps in a series, and a regular grid for what was measured at odd hours."""

import numpy as np
import pandas as pd


def _dates(series):
    """Refuse what has no dates, or dates that are unsorted or occur twice."""
    if not isinstance(series, pd.Series) or not isinstance(
        series.index, pd.DatetimeIndex
    ):
        raise TypeError(
            f"A pandas Series with dates is needed; this is {type(series).__name__}. Give it "
            "dates: pd.Series(values, pd.date_range(start, periods=len(values), freq=...))."
        )
    if series.empty:
        raise ValueError("The series has 0 values; at least 1 is needed. Was it read?")
    if series.index.has_duplicates:
        twice = series.index[series.index.duplicated()][0]
        raise ValueError(
            f"The date {twice} occurs twice; each date may stand once. Average the values: "
            "series.groupby(level=0).mean()."
        )
    if not series.index.is_monotonic_increasing:
        back = np.flatnonzero(np.diff(series.index) < np.timedelta64(0))[0]
        raise ValueError(
            f"{series.index[back + 1]} comes after {series.index[back]}; dates must rise. "
            "Sort them: series.sort_index()."
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
    return pd.DataFrame(
        {
            "start": series.index[first],
            "end": series.index[after - 1],
            "steps": after - first,
        }
    )


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
        raise ValueError(
            f"longest is {longest}; it must be at least 0 steps (0 fills nothing)."
        )
    if series.dtype.kind not in "fiu":
        raise TypeError(
            f"to_grid needs numbers; the dtype is {series.dtype}. Use "
            'series.astype("float64").'
        )
    try:
        cells = series.resample(freq)
    except ValueError as error:
        raise ValueError(
            f'freq is {freq!r}, which pandas does not know ({error}); try "5min", "h", "D" '
            'or "MS".'
        ) from None
    grid, counts = cells.mean(), cells.count()
    gaps = gap_report(grid)
    inner = (gaps["start"] > grid.index[0]) & (gaps["end"] < grid.index[-1])
    line = grid.interpolate("time")
    filled = 0
    for _, gap in gaps[inner & (gaps["steps"] <= longest)].iterrows():
        grid.loc[gap["start"] : gap["end"]] = line.loc[gap["start"] : gap["end"]]
        filled += gap["steps"]
    return grid, {
        "values": int(series.count()),
        "steps": len(grid),
        "averaged": int((counts > 1).sum()),
        "filled": int(filled),
        "missing": int(grid.isna().sum()),
    }
