"""The plan: season, logarithm, horizon, window and parts, before any model is fitted."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from utils.datasets import DataError
from utils.windows import check_whole, time_split

#: Values of a longer series that are used, the last ones.
LONGEST = 10_000


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
    second: int = 0  # a longer season beside the first, in steps; 0: none
    step: str = ""  # kind of the step, as `step_of` gives it: "M" for months

    @property
    def seasons(self):
        """The seasons there are, the shorter first."""
        return tuple(s for s in (self.season, self.second) if s > 1)

    @property
    def longest(self):
        """Steps of the longest season; 1: none."""
        return max(self.season, self.second)

    @property
    def scale(self):
        """Spread of the training part: the result must not depend on the unit."""
        return float(self.values[: self.train].std())

    @property
    def scaled(self):
        """The values as methods read them, of about size 1 (time,)."""
        return self.values / self.scale

    @property
    def floor(self):
        """0 if the series is never negative: then no forecast is; else minus infinity."""
        return 0.0 if self.values.min() >= 0 else -np.inf


def recent(series):
    """The end of a long series, and a sentence on it; None where it is not too long.

    More than `LONGEST` values would take minutes, and the oldest tell least.
    """
    if len(series) <= LONGEST:
        return series, None
    kept = series.iloc[-LONGEST:]
    since = (
        f"{kept.index[0]:%Y-%m-%d}"
        if not series.attrs.get("numbered")
        else "the others"
    )
    return kept, (
        f"The file has {len(series)} values; only the last {LONGEST} were used, those since "
        f"{since}, so that the answer takes less than a minute."
    )


def step_of(series):
    """The step of a series as a number and its kind: (6, ``"M"``), (5, ``"min"``).

    Months, quarters and years that begin and that end are of one kind.
    """
    count, kind = re.match(r"(\d*)([^-]*)", series.index.freqstr).groups()
    kind = re.sub(r"^B?([MQY])[SE]$", r"\1", kind)
    return int(count or 1), kind


def usual_seasons(series):
    """Steps of the seasons that the distance of two dates suggests, the shorter first.

    Days have a week and a year, hours and minutes a day and a week.
    """
    if series.attrs.get("numbered"):
        return ()
    count, kind = step_of(series)
    per_year = {"M": 12, "Q": 4, "W": 52, "SMS": 24, "SME": 24}.get(kind)
    if per_year:
        season, rest = divmod(per_year, count)
        return (season,) if season > 1 and not rest else ()
    if kind == "B":
        return (5, 260) if count == 1 else ()
    per_day = pd.Timedelta("1D") / (series.index[1] - series.index[0])
    if per_day >= 2:
        return round(per_day), round(7 * per_day)
    days = round(1 / per_day)
    return {1: (7, 364), 7: (52,), 14: (26,)}.get(days, ())


def usual_season(series):
    """Steps of the shortest usual season; 1: none."""
    return (*usual_seasons(series), 1)[0]


def has_season(values, season, shorter):
    """Whether values a long season apart are more alike than those half of it apart.

    Half a season in whole shorter ones, so that those are alike in both.
    """
    half = max(round(season / 2 / shorter), 1) * shorter
    far, near = (np.abs(values[k:] - values[:-k]).mean() for k in (season, half))
    return bool(far < 0.95 * near)


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
        season: in steps, 1 for none, or two of them, such as (24, 168) for hours; None:
            what the distance of two dates suggests, a second one where the data have it.
        horizon: steps ahead; None: one season, at most 24, or 5 without a season; fewer
            where the parts are short, with a note.
        log: True or False; None: `wants_log`.

    Returns:
        Plan: nothing that was given is replaced.

    Raises:
        ValueError: a season or horizon that is no whole number from 1.
        DataError: the series is too short for the season or horizon, its training part is
            constant, or a logarithm was asked of values that have none.
    """
    season, second = season if isinstance(season, (tuple, list)) else (season, None)
    for name, given in (("season", season), ("season", second), ("horizon", horizon)):
        if given is not None:
            check_whole(name, given)
    if second is not None and not 1 < season < second:
        raise ValueError(
            f"season is {season} and {second}; of two the shorter comes first, and both are "
            "2 or more. With one season give one number."
        )
    values, notes = series.to_numpy("float64"), []
    parts = time_split(len(values), int(0.15 * len(values)), int(0.2 * len(values)))
    train, edge = parts[0].stop, parts[2].start
    if np.ptp(values[:train]) == 0:
        raise DataError(
            f"The first {train} of {len(values)} values, from which models learn, are all "
            f"{values[0]:g}: there is nothing to learn. Leave that stretch out of the file."
        )
    given, usual = season, usual_seasons(series)
    if season is None:
        season = (*usual, 1)[0]
        if 2 * season > train:
            notes.append(
                f"The usual season of {season} steps does not fit twice into the "
                f"{train} values of the training part; no season is used."
            )
            season = 1
    elif 2 * (most := max(season, second or 0)) > train:
        raise DataError(
            f"season is {most}; it must fit twice into the {train} values of the "
            f"training part (65 % of {len(values)}): at most {train // 2}. Take a shorter "
            "season, or 1 for none."
        )
    usual_steps = min(season, 24) if season > 1 else 5
    window = int(np.clip(2 * season, 12, min(48, train // 4)))
    if given is None and season > 1 and len(usual) > 1:  # is there a second one?
        long, fits = usual[1], train - usual[1] - window - 8
        if 3 * long <= train and (horizon or usual_steps) <= fits:
            second = long if has_season(values[:train], long, season) else None
    longest = max(season, second or 0)
    room = min(edge - train, len(values) - edge, train - longest - window - 8)
    if horizon is None:
        horizon = max(min(usual_steps, room), 1)
        if horizon < usual_steps:
            notes.append(
                f"The usual {usual_steps} steps ahead do not fit into parts of "
                f"{edge - train} and {len(values) - edge} values; it is {horizon}."
            )
    if horizon > room:
        length = f"{len(values)} values"
        if longest > 1:
            length += f" with a season of {longest}"
        raise DataError(
            f"horizon is {horizon}; {length} leave room for {max(room, 0)} steps. Take a "
            f"shorter horizon{' or season' if longest > 1 else ''}, or collect more."
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
    sizes = values, train, edge, season, horizon, window
    step = "" if series.attrs.get("numbered") else step_of(series)[1]
    return Plan(*sizes, log, tuple(notes), second or 0, step)


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
