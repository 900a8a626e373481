"""Gaps, grids, autocorrelation, periodogram and tests of stationarity: plumbing only.

The arithmetic is scipy's and statsmodels'; this module refuses input on which the result
would be silently wrong, and gives the results one shape in every version of theirs.
"""

import warnings

import numpy as np
import pandas as pd
from scipy import signal
from statsmodels.tools.sm_exceptions import InterpolationWarning
from statsmodels.tsa.stattools import acf, adfuller, kpss


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


def _regular(series, least, who):
    """Values of a complete, regular series as float64, or an error that says what to do."""
    if isinstance(series, pd.Series) and isinstance(series.index, pd.DatetimeIndex):
        index = _dates(series).index
        if len(index) > 2 and index.freq is None and pd.infer_freq(index) is None:
            steps = pd.Series(np.diff(index))
            odd = int((steps > steps.median()).to_numpy().argmax())
            raise ValueError(
                f"{who} needs equal steps: after {index[odd]} comes {index[odd + 1]}, and the "
                f"usual step is {steps.median()}. Put the series on a grid: to_grid(series, freq)."
            )
    values = np.asarray(series)
    if values.dtype.kind not in "fiu":
        raise TypeError(
            f'{who} needs numbers; the dtype is {values.dtype}. Use series.astype("float64").'
        )
    values = values.astype("float64")
    if values.ndim != 1:
        raise ValueError(
            f"{who} takes one series (time,); it got shape {values.shape}. Pick a column."
        )
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        raise ValueError(
            f"{who} allows 0 missing values; there are {bad.size}, the first at position "
            f"{bad[0]}. Fill short gaps and cut at long ones: to_grid(series, freq, longest)."
        )
    if len(values) < least:
        raise ValueError(
            f"{who} needs at least {least} values; the series has {len(values)}. Take a longer "
            "series, or fewer lags."
        )
    if np.ptp(values) == 0:
        raise ValueError(
            f"{who} is undefined: all {len(values)} values are {values[0]}; at least 2 "
            "different ones are needed. Was the right column read?"
        )
    return values


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


def autocorrelation(series, lags):
    """Autocorrelation at the lags 0, 1 … ``lags``; the arithmetic is statsmodels' ``acf``.

    Args:
        series: complete regular series ``(time,)``.
        lags: largest lag, in time steps.

    Returns:
        numpy.ndarray: (lags + 1,), without unit; the first value is 1.

    Raises:
        TypeError: values that are not numbers.
        ValueError: missing values, gaps in the dates, a constant series, or one that is
            not longer than ``lags``.
    """
    if lags < 1:
        raise ValueError(f"lags is {lags}; it must be at least 1.")
    values = _regular(series, lags + 1, f"The autocorrelation up to lag {lags}")
    return np.asarray(acf(values, nlags=lags, fft=True))


def periodogram(series, step=1.0):
    """How the variance of a series is shared among periods (scipy's ``periodogram``).

    Args:
        series: complete regular series ``(time,)``; its mean is removed.
        step: length of a time step in the unit in which periods are wanted (monthly data
            and years: 1/12).

    Returns:
        pandas.Series: shares of the variance, which add up to 1, indexed by ``period``,
        the longest (the whole record) first.

    Raises:
        TypeError: values that are not numbers.
        ValueError: missing values, gaps in the dates, a constant series, fewer than four
            values, or a step that is not positive.
    """
    if not step > 0:
        raise ValueError(f"step is {step}; the length of a time step must be above 0.")
    values = _regular(series, 4, "The periodogram")
    frequency, power = signal.periodogram(values, fs=1 / step, detrend="constant")
    period = pd.Index(1 / frequency[1:], name="period")
    return pd.Series(power[1:] / power[1:].sum(), period, name="share of the variance")


def stationarity(series, trend=False):
    """Two tests with opposite null hypotheses: ADF ("a unit root") and KPSS ("none").

    The KPSS table of p-values ends at 0.01 and 0.10; statsmodels warns there. Here
    ``kpss_bound`` says it: ``"≤"`` (p is 0.01 or smaller), ``"≥"`` (0.10 or larger) or ``""``.

    Args:
        series: complete regular series ``(time,)``.
        trend: test around a straight line instead of around a level.

    Returns:
        dict: ``adf_p``, ``adf_lags`` (chosen by BIC), ``kpss_p`` and ``kpss_bound``.

    Raises:
        TypeError: values that are not numbers.
        ValueError: missing values, gaps in the dates, a constant series, or fewer than
            twenty values.
    """
    values = _regular(series, 20, "A test of stationarity")
    around = "ct" if trend else "c"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InterpolationWarning)  # kpss_bound says it
        warnings.simplefilter("ignore", FutureWarning)  # 0.15 announces other results
        adf = tuple(adfuller(values, regression=around, autolag="BIC"))
        _, p, *_ = tuple(kpss(values, regression=around, nlags="auto"))
    return {
        "adf_p": float(adf[1]),
        "adf_lags": int(adf[2]),
        "kpss_p": float(p),
        "kpss_bound": {0.01: "≤", 0.1: "≥"}.get(round(float(p), 12), ""),
    }
