"""Errors of a forecast, in the unit of the data; and a test part that counts the looks."""

import numpy as np
import pandas as pd

from utils.windows import check_whole


def as_numbers(what, values):
    """Values as a float64 array of any shape, after checking that each is a number.

    Args:
        what: what the message calls them.
        values: array, list or pandas object.

    Raises:
        TypeError: a dtype that is not numeric, such as text or dates.
        ValueError: values that are missing or infinite.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "fiu" and array.size:
        raise TypeError(
            f"{what} has dtype {array.dtype}, not numbers: convert it with "
            'series.astype("float64") once every value is a number.'
        )
    array = array.astype("float64")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise ValueError(
            f"{what} has {bad.size} missing or infinite values, the first at position "
            f"{bad[0]}. Nothing here guesses them: fill or cut them first, on purpose."
        )
    return array


def _pair(actual, forecast):
    if isinstance(actual, pd.Series) and isinstance(forecast, pd.Series):
        both = len(actual) == len(forecast)
        if both and not actual.index.equals(forecast.index):
            raise ValueError(
                f"actual begins at {actual.index[0]} and forecast at {forecast.index[0]}: "
                "other dates, other targets. Align them, or pass .to_numpy() on purpose."
            )
    actual, forecast = as_numbers("actual", actual), as_numbers("forecast", forecast)
    if actual.shape != forecast.shape:
        raise ValueError(
            f"actual has shape {actual.shape} and forecast {forecast.shape}: the same shape "
            "is needed. (n, 1) against (n,) would silently compare all with all; use .ravel()."
        )
    if actual.size == 0:
        raise ValueError(
            "There is nothing to score: actual and forecast are empty. Check the split."
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
    train = as_numbers("The training series", train)
    if train.ndim != 1 or len(train) <= season:
        raise ValueError(
            f"MASE with season {season} needs a training series (time,) of at least "
            f"{season + 1} values; it has shape {train.shape}. Take a longer one or a "
            "shorter season, or report MAE."
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
        raise ValueError(
            "The baseline's MAE is 0, so no forecast can improve on it. Report MAE, or "
            "look for a leak: a perfect baseline is rare."
        )
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
    return (
        pd.DataFrame.from_dict(rows, orient="index")
        .rename_axis("model")
        .sort_values("MAE")
    )


def coverage(actual, lower, upper):
    """Share of the values that lie inside their interval, ends included; 0 to 1.

    Raises:
        ValueError: a lower end above its upper end, or as `mae`.
    """
    actual, lower = _pair(actual, lower)
    lower, upper = _pair(lower, upper)
    crossed = int(np.sum(lower > upper))
    if crossed:
        raise ValueError(
            f"{crossed} of {lower.size} intervals have their lower end above the upper one: "
            "are the two swapped?"
        )
    return float(np.mean((lower <= actual) & (actual <= upper)))


class OpenOnce:
    """A test part that is opened once; it says so when somebody looks again.

    Args:
        values: the targets, in the unit of the data; a copy is kept.
    """

    def __init__(self, values):
        self._values = as_numbers("The test part", values)
        self.looks = []  # what each look was for

    def __len__(self):
        return len(self._values)

    def __repr__(self):
        return f"<test part: {len(self)} values, opened {len(self.looks)} times>"

    def open(self, purpose):
        """Return a copy of the targets; print the count, and a warning from look 2 on."""
        self.looks.append(purpose)
        if len(self.looks) == 1:
            print(f"Test part opened, {len(self)} values, for: {purpose}.")
        else:
            print(
                f"⚠ Look {len(self.looks)} at the test part (for: {purpose}). It was opened "
                f"for: {self.looks[0]}. Whatever you choose from here on has seen the "
                "answers: report the first look, or keep new data for the new choice."
            )
        return self._values.copy()
