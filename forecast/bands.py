"""How far off a forecast may be: intervals from its own errors, and what they held."""

import math
import re

import numpy as np

from forecast.plan import targets

#: Per cent of the values that are meant to lie inside.
LEVELS = (80, 95)


def _scale(plan, *forecasts):
    """Logarithms where the models work on them and no forecast is 0, else the unit."""
    if plan.log and all(np.min(each) > 0 for each in forecasts):
        return np.log, np.exp
    return np.asarray, np.asarray


def _reach(misses, level):
    """Half widths (horizon,) that hold ``level`` per cent of later misses (origins, horizon).

    The quantile of split conformal intervals (lesson 14); with too few origins for it the
    largest miss. Chance makes it jump from step to step, so each is the mean of three
    neighbours, but for the first and the last.
    """
    count = len(misses)
    rank = min(math.ceil((count + 1) * level / 100), count)
    reach = np.sort(misses, axis=0)[rank - 1]
    reach[1:-1] = (reach[:-2] + reach[1:-1] + reach[2:]) / 3
    return reach


#: Names of values that lie from 0 to 1; an exchange rate may lie there, too.
_SHARE = re.compile(r"share|fraction|proportion|probab|anteil|proporci|proporz", re.I)
_CENT = re.compile(r"%|per ?cent|pct|prozent|pourcent", re.I)


def ceiling(series):
    """What no value can exceed: 1 or 100 for what is named a share or per cent, else no end."""
    values, name = series.to_numpy(), str(series.name)
    if values.min() < 0 or not (_SHARE.search(name) or _CENT.search(name)):
        return np.inf
    if values.max() <= 1 and _SHARE.search(name):
        return 1.0
    return 100.0 if values.max() <= 100 and _CENT.search(name) else np.inf


def bands(plan, past, ahead, most=np.inf):
    """Intervals around a forecast, as wide as the errors of the same method were.

    The errors are those of the validation and the test part, step for step. These parts
    also chose the method, and it has learnt more since: no guarantee goes with it.

    Args:
        plan: a `Plan`.
        past: the method's forecasts, {"validation": (origins, horizon), "test": …}.
        ahead: its forecast (horizon,), in the unit.
        most: what no value can exceed.

    Returns:
        dict: {level: (low, high)}, each (horizon,), in the unit, not below ``plan.floor``
        and not above ``most``.
    """
    parts = ("validation", "test")
    there, back = _scale(plan, ahead, *(past[part] for part in parts))
    misses = np.concatenate(
        [np.abs(there(past[part]) - there(targets(plan, part))) for part in parts]
    )
    found = {}
    for level in LEVELS:
        wide, centre = _reach(misses, level), there(ahead)
        low, high = back(centre - wide), back(centre + wide)
        found[level] = np.maximum(low, plan.floor), np.minimum(high, most)
    return found


def held(plan, past):
    """Share of the test part's values inside intervals made from validation alone.

    Returns:
        dict: {level: share between 0 and 1}.
    """
    there, _ = _scale(plan, past["validation"], past["test"])
    before, later = (
        np.abs(there(past[part]) - there(targets(plan, part)))
        for part in ("validation", "test")
    )
    return {level: float((later <= _reach(before, level)).mean()) for level in LEVELS}
