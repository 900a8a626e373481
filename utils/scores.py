"""Errors of a forecast, in the unit of the data, and how sure a difference of two is."""

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from utils.windows import check_numbers, check_whole


def _pair(actual, forecast):
    indexes = [x.index for x in (actual, forecast) if isinstance(x, pd.Series)]
    if indexes and len(actual) == len(forecast) and not indexes[0].equals(indexes[-1]):
        raise ValueError(
            f"actual begins at {indexes[0][0]} and forecast at {indexes[1][0]}: other "
            "dates, other targets. Align them, or pass .to_numpy() on purpose."
        )
    actual = check_numbers("actual", actual, least=0).astype("float64")
    forecast = check_numbers("forecast", forecast, least=0).astype("float64")
    if actual.shape != forecast.shape or not actual.size:
        raise ValueError(
            f"actual has shape {actual.shape} and forecast {forecast.shape}: the same shape "
            "is needed, and something to score. (n, 1) against (n,) would silently compare "
            "all with all; use .ravel()."
        )
    return actual, forecast


def mae(actual, forecast):
    """Mean absolute error, in the unit of the data; arrays of one same shape.

    Raises:
        ValueError: different shapes or dates, nothing to score, or values that are
            missing or infinite.
        TypeError: values that are not numbers.
    """
    actual, forecast = _pair(actual, forecast)
    return float(np.mean(np.abs(actual - forecast)))


def rmse(actual, forecast):
    """Root mean squared error, in the unit of the data; raises as `mae` does."""
    actual, forecast = _pair(actual, forecast)
    return float(np.sqrt(np.mean((actual - forecast) ** 2)))


def mase(actual, forecast, train, season=1):
    """Mean absolute scaled error: MAE over that of the seasonal naive in training.

    Source: Hyndman & Koehler (2006), "Another look at measures of forecast accuracy".

    Args:
        actual, forecast: arrays of one same shape, in the unit of the data.
        train: the training series ``(time,)``, from which the scale comes.
        season: lag of the naive forecast, in time steps (1: persistence).

    Returns:
        float: without unit; below 1 is better than the naive forecast was in training.

    Raises:
        ValueError: a training series that is too short or repeats itself exactly (a
            constant one does), a season that is not whole, or as `mae`.
    """
    check_whole("season", season)
    train = check_numbers("MASE's training series", train, (1,), least=season + 1)
    scale = mae(train[season:], train[:-season])
    if scale == 0:
        raise ValueError(
            f"MASE is undefined: the training series repeats itself every {season} steps, "
            "so the naive error is 0. Report MAE instead."
        )
    return mae(actual, forecast) / scale


def score_table(actual, forecasts, train=None, season=1):
    """Score several forecasts of the same targets, the best (lowest MAE) first.

    Args:
        actual: targets, in the unit of the data.
        forecasts: dictionary from a model's name to its forecasts, shaped like ``actual``.
        train: training series; adds the column MASE.
        season: lag of the naive forecast that scales MASE.

    Returns:
        pandas.DataFrame: index ``model``; columns MAE and RMSE in the unit of the data.

    Raises:
        ValueError: no forecasts, or as `mae` and `mase`; the message names the model.
    """
    if not forecasts:
        raise ValueError("There are no forecasts to score: give {name: forecast}.")
    rows = {}
    for name, forecast in forecasts.items():
        try:
            rows[name] = {"MAE": mae(actual, forecast), "RMSE": rmse(actual, forecast)}
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None
        if train is not None:
            rows[name]["MASE"] = mase(actual, forecast, train, season)
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    return table.sort_values("MAE")


def block_interval(first, second, block, level=0.95, draws=2000, seed=0):
    """Mean of ``first − second`` and its interval, from resampled blocks of time.

    Errors of neighbouring months are alike, so whole blocks are drawn, with replacement,
    until they are as long as the series; the spread of their means is the interval. Two
    forecasts of the same targets can be told apart where it does not contain 0. Drawn from
    few blocks it would be too narrow: it is widened as Student's t is wider than the normal
    distribution: 1.4 times for six blocks, nine times for two.

    Source: Künsch (1989), "The jackknife and the bootstrap for general stationary
    observations" (moving blocks); Student (1908), "The probable error of a mean".

    Args:
        first, second: absolute errors of two forecasts of the same targets ``(n,)``, in
            the order of time.
        block: length of a block in time steps, longer than the errors remember.
        level: share of the draws inside the interval.
        draws: how often the series is resampled.
        seed: of the random blocks.

    Returns:
        tuple: mean, lower and upper end, in the unit of the errors.

    Raises:
        ValueError: other targets, a block that is not whole or longer than half of the
            series, a level outside (0, 1), or as `mae`.
    """
    gap = np.subtract(*_pair(first, second))
    check_numbers("The errors", gap, (1,))
    for name, value in (("block", block), ("draws", draws)):
        check_whole(name, value)
    if not 0 < level < 1 or 2 * block > len(gap):
        raise ValueError(
            f"level is {level} and block {block}; the level must lie between 0 and 1, and "
            f"{len(gap)} errors allow blocks of at most {len(gap) // 2}."
        )
    means = np.lib.stride_tricks.sliding_window_view(gap, block).mean(axis=1)
    blocks = len(gap) // block
    picks = np.random.default_rng(seed).integers(len(means), size=(draws, blocks))
    upper, mean = (1 + level) / 2, gap.mean()
    low, high = np.quantile(means[picks].mean(axis=1), [1 - upper, upper])
    wider = t.ppf(upper, blocks - 1) / norm.ppf(upper) * (blocks / (blocks - 1)) ** 0.5
    return float(mean), *(float(mean + k * wider * (high - low) / 2) for k in (-1, 1))
