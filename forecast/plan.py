"""The plan: season, logarithm, horizon, window and parts, before any model is fitted."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from utils.datasets import DataError
from utils.windows import check_whole, time_split


@dataclass(frozen=True)
class Plan:
    """Sizes and positions for everything that follows."""

    values: np.ndarray  # (time,), the whole series in its unit
    train: int  # position of the first value of the validation part
    edge: int  # position of the first value of the test part
    season: int  # in steps; 1: none
    horizon: int  # steps ahead
    window: int  # steps that the network and its linear rival read
    log: bool  # whether models work on logarithms
    notes: tuple = ()  # what was decided otherwise than usual, as sentences


def usual_season(series):
    """Steps of the season that the distance of two dates suggests; 1: none."""
    named = {"YS": 1, "QS": 4, "MS": 12, "7D": 52, "D": 7, "B": 5}
    step = series.index.freqstr.split("-")[0]
    per_day = pd.Timedelta("1D") / (series.index[1] - series.index[0])
    return named.get(step, int(per_day) if per_day >= 2 else 1)


def wants_log(values, season):
    """Whether the spread within a season grows with the level.

    True when the level of the seasons grows by half or more from the lowest to the
    highest, and their spread goes with it (correlation above 0.7).
    """
    if values.min() <= 0:
        return False
    size = max(season, len(values) // 20, 2)
    blocks = values[: len(values) // size * size].reshape(-1, size)
    level, spread = blocks.mean(axis=1), blocks.std(axis=1)
    if len(blocks) < 3 or np.ptp(spread) == 0 or np.ptp(level) == 0:
        return False
    alike = np.corrcoef(level, spread)[0, 1]
    return bool(level.max() > 1.5 * level.min() and alike > 0.7)


def make_plan(series, season=None, horizon=None, log=None):
    """Decide what was not given, by rules that look at the training part only.

    The last fifth of the series is the test part, the 15 % before it the validation part.

    Args:
        series: regular series with its dates (time,), nothing missing.
        season: in steps, 1 for none; None: what the distance of two dates suggests.
        horizon: steps ahead; None: one season, at most 24, or 5 without a season.
        log: True or False; None: `wants_log`.

    Returns:
        Plan: nothing that was given is replaced.

    Raises:
        ValueError: a season or horizon that is no whole number from 1.
        DataError: the series is too short for the season or horizon, its training part is
            constant, or a logarithm was asked of values that have none.
    """
    for name, given in (("season", season), ("horizon", horizon)):
        if given is not None:
            check_whole(name, given)
    values, notes = series.to_numpy("float64"), []
    parts = time_split(len(values), int(0.15 * len(values)), int(0.2 * len(values)))
    train, edge = parts[0].stop, parts[2].start
    if np.ptp(values[:train]) == 0:
        raise DataError(
            f"The first {train} of {len(values)} values, from which models learn, are all "
            f"{values[0]:g}: there is nothing to learn. Leave that stretch out of the file."
        )
    if season is None:
        season = usual_season(series)
        if 3 * season > train:
            notes.append(
                f"The usual season of {season} steps does not fit three times into the "
                f"{train} values of the training part; no season is used."
            )
            season = 1
    elif 3 * season > train:
        raise DataError(
            f"season is {season}; it must fit three times into the {train} values of the "
            f"training part (65 % of {len(values)}): at most {train // 3}. Take a shorter "
            "season, or 1 for none."
        )
    if horizon is None:
        horizon = min(season, 24) if season > 1 else 5
    window = int(np.clip(2 * season, 12, min(48, train // 4)))
    room = min(edge - train, len(values) - edge, train - season - window - 8)
    if horizon > room:
        raise DataError(
            f"horizon is {horizon}; {len(values)} values with a season of {season} leave "
            f"room for {max(room, 0)} steps. Take a shorter horizon or season, or collect more."
        )
    if log and (lowest := values.min()) <= 0:
        raise DataError(
            f"log was asked for, but the smallest value is {lowest:g}; a logarithm needs "
            "values above 0. Say no to log, or forecast another quantity."
        )
    log = wants_log(values[:train], season) if log is None else bool(log)
    if log and values.min() <= 0:
        notes.append("Logarithms would suit the training part; a later value has none.")
        log = False
    return Plan(values, train, edge, season, horizon, window, log, tuple(notes))


def origins(plan, part):
    """Positions of the first target of each forecast, and the steps between them.

    Args:
        plan: a `Plan`.
        part: ``"validation"`` or ``"test"``.

    Returns:
        tuple: positions (origins,), evenly spread, sixty or more where the part is long
        enough, so that all targets lie in the part; and the steps between two of them.
    """
    start, stop = {
        "validation": (plan.train, plan.edge),
        "test": (plan.edge, len(plan.values)),
    }[part]
    every = max(1, (stop - start - plan.horizon + 1) // 60)
    return np.arange(start, stop - plan.horizon + 1, every), every


def targets(plan, part):
    """What is to be forecast from the origins of a part: (origins, horizon), in the unit."""
    return plan.values[origins(plan, part)[0][:, None] + np.arange(plan.horizon)]


def errors(plan, forecast, part):
    """Mean absolute error of each origin (origins,), in the unit of the series."""
    return np.abs(forecast - targets(plan, part)).mean(axis=1)
