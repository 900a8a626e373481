"""Errors of a forecast, in the unit of the data."""

import numpy as np
import pandas as pd


def _pair(actual, forecast):
    actual, forecast = np.asarray(actual, "float64"), np.asarray(forecast, "float64")
    if actual.shape != forecast.shape:
        raise ValueError(
            f"actual has shape {actual.shape} and forecast {forecast.shape}: the same shape "
            "is needed. (n, 1) against (n,) would silently compare all with all; use .ravel()."
        )
    if actual.size == 0:
        raise ValueError("There is nothing to score: actual and forecast are empty.")
    for name, values in (("actual", actual), ("forecast", forecast)):
        bad = int(np.sum(~np.isfinite(values)))
        if bad:
            raise ValueError(
                f"{name} has {bad} values that are missing or infinite. A score would hide "
                "them: fill or drop them on purpose, in both."
            )
    return actual, forecast


def mae(actual, forecast):
    """Mean absolute error, in the unit of the data; arrays of one same shape.

    Raises:
        ValueError: different shapes, nothing to score, or values that are not finite.
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
        ValueError: a training series that is too short or constant, or as `mae`.
    """
    train = np.asarray(train, "float64")
    if train.ndim != 1 or len(train) <= season:
        raise ValueError(
            f"MASE with season {season} needs a training series of at least {season + 1} "
            f"values; it has shape {train.shape}."
        )
    scale = mae(train[season:], train[:-season])
    if scale == 0:
        raise ValueError(
            f"MASE is undefined: the training series repeats itself every {season} steps, "
            "so the naive error is 0. Report MAE instead."
        )
    return mae(actual, forecast) / scale


def skill(actual, forecast, baseline):
    """Share of the baseline's MAE that the forecast saves: 1 perfect, 0 equal, < 0 worse.

    Raises:
        ValueError: a perfect baseline (nothing to save), or as `mae`.
    """
    reference = mae(actual, baseline)
    if reference == 0:
        raise ValueError("The baseline has no error, so no forecast can improve on it.")
    return 1 - mae(actual, forecast) / reference


def score_table(actual, forecasts, train=None, season=1):
    """Score several forecasts of the same targets, the best (lowest MAE) first.

    Args:
        actual: targets, in the unit of the data.
        forecasts: dictionary from a model's name to its forecasts, shaped like ``actual``.
        train: training series; adds the column MASE.
        season: lag of the naive forecast that scales MASE.

    Returns:
        pandas.DataFrame: index ``model``; columns MAE and RMSE in the unit of the data.
    """
    rows = {}
    for name, forecast in forecasts.items():
        rows[name] = {"MAE": mae(actual, forecast), "RMSE": rmse(actual, forecast)}
        if train is not None:
            rows[name]["MASE"] = mase(actual, forecast, train, season)
    return (
        pd.DataFrame.from_dict(rows, orient="index")
        .rename_axis("model")
        .sort_values("MAE")
    )
