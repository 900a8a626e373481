"""The ladder: what a network must beat, from the simplest method up to its linear rival."""

import copy
import io
import re
import time
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass, field

import numpy as np
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.inputs import inputs, learnable, outputs, prepare, to_unit
from forecast.plan import errors, origins
from forecast.zero_shot import AHEAD, ZeroShot
from utils import baselines

#: Seconds of computing after which a search for a model's parameters is given up.
PATIENCE = 8.0
#: What another change must bring to be learnt: 5 % of the linear window's error.
CLEARLY = 0.95


def _fitted(model, values):
    """The model, fitted; the ladder says who did not converge, so the fit need not."""
    with redirect_stdout(io.StringIO()):
        return model.fit(values)


class Median(baselines.Baseline):
    """The middle one of all values so far; with a season, of those at the same place in it.

    Where most values are alike, such as 0, no forecast has a smaller absolute error.

    Args:
        season: length of the season in time steps; 1: none.
    """

    def __init__(self, season=1):
        self.season = self.least = season
        self.name = "seasonal median" if season > 1 else "median"

    def predict(self, horizon, history):
        """Hook: the medians, again and again."""
        whole = history[len(history) % self.season :].reshape(-1, self.season)
        return np.resize(np.median(whole, axis=0), horizon)


class SeasonalDrift(baselines.SeasonalNaive):
    """Every value equals the one a season ago and what a season has brought on average.

    Args:
        season: length of the season in time steps.
        log: a factor instead of a sum (needs positive values).
    """

    def __init__(self, season, log=False):
        super().__init__(season)
        self.log, self.least = log, season + 1
        self.name = "seasonal naive with drift"

    def predict(self, horizon, history):
        """Hook: the last season and the mean change, added up."""
        root = np.log(history) if self.log else history
        change = (root[self.season :] - root[: -self.season]).mean()
        times = 1 + np.arange(horizon) // self.season
        ahead = super().predict(horizon, root) + change * times
        return np.exp(ahead) if self.log else ahead


class Recent(baselines.Baseline):
    """A method that learns from the last values of a long training series only.

    Args:
        model: a baseline.
        count: how many values it learns from at most.
    """

    def __init__(self, model, count):
        self.model, self.count = model, count
        self.least, self.name = model.least, model.name

    def learn(self, train):
        """Hook: the model learns from the end."""
        self.start = max(len(train) - self.count, 0)
        self.model = _fitted(copy.copy(self.model), train[self.start :])
        self.converged, self.name = self.model.converged, self.model.name
        self.reach = self.start + (self.model.reach or self.model.least)

    def predict_many(self, values, origins, horizon):
        """Hook: what came before the first value that it learnt from stays unread."""
        there = [t - self.start for t in origins]
        return self.model.predict_many(values[self.start :], there, horizon)


class TooLong(ValueError):
    """A search for parameters that was given up."""


class BoundedSARIMA(baselines.SARIMA):
    """SARIMA whose search for parameters is given up after `PATIENCE` seconds."""

    def learn(self, train):
        """Hook: maximum likelihood, by statsmodels; the time is looked at in each step.

        A second fit begins at what the first has found.
        """
        stop = time.thread_time() + PATIENCE

        def look(_):
            if time.thread_time() > stop:
                raise TooLong(f"its fit was given up after {PATIENCE:g} seconds")

        model = SARIMAX(self._scale(train), None, self.order, self.seasonal_order)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            for category in (UserWarning, RuntimeWarning):  # see `converged`
                warnings.simplefilter("ignore", category)
            before = getattr(self, "result", None)
            start = None if before is None else before.params
            self.result = model.fit(start, disp=False, callback=look)
        self.converged = bool(self.result.mle_retvals["converged"])


#: The naive forecasts: what is left where nothing is better than all of them.
NAIVE = baselines.Persistence, baselines.Drift, baselines.SeasonalNaive


@dataclass
class Rung:
    """One method: its forecasts, and itself."""

    model: object
    forecasts: dict  # {"validation": (origins, horizon), "test": …}, in the unit
    error: float  # mean absolute error on validation
    task: object = None  # what the linear window reads; None: the series itself

    def ahead(self, plan):
        """Learn once more, from everything, and forecast what follows: (horizon,).

        If that fit fails or does not converge, what was learnt before is kept.
        """
        if self.task is None:
            return np.maximum(self._again(plan) * plan.scale, plan.floor)
        whole, count = copy.copy(self.model), len(plan.values)
        whole.strengths = [self.model.strength]  # chosen on validation, and kept
        first = learnable(self.task, count)
        windows = inputs(self.task, first), outputs(self.task, first)
        whole.fit_windows(*windows, *windows)
        out = whole.predict_windows(inputs(self.task, [count]))
        return np.maximum(to_unit(self.task, [count], out)[0], plan.floor)

    def _again(self, plan):
        """The model's forecast after a fit on everything, or else after its first fit."""
        known = plan.scaled
        try:
            whole = _fitted(copy.copy(self.model), known)
            out = whole.forecast(plan.horizon, known)
            if whole.converged and np.isfinite(out).all():
                return out
        except (ValueError, np.linalg.LinAlgError):
            pass
        return self.model.forecast(plan.horizon, known)


@dataclass
class Ladder:
    """Every rung that is ranked, the simplest first, and why others are left out."""

    rungs: dict = field(default_factory=dict)  # {name: Rung}
    left_out: list = field(default_factory=list)  # sentences

    @property
    def best(self):
        """Name of the rung with the smallest error on validation."""
        return min(self.rungs, key=lambda name: self.rungs[name].error)

    @property
    def naive(self):
        """Name of the best of the naive forecasts, on validation."""
        known = [
            name for name, rung in self.rungs.items() if isinstance(rung.model, NAIVE)
        ]
        return min(known, key=lambda name: self.rungs[name].error)

    @property
    def lag(self):
        """Steps back to the value that the best naive forecast repeats; 0: the last one."""
        return getattr(self.rungs[self.naive].model, "season", 0)

    @property
    def task(self):
        """What the linear window reads and learns; the networks get the same."""
        return self.rungs[next(reversed(self.rungs))].task


def _simple(plan):
    """Medians and naive forecasts, for each season its own."""
    models = [Median(), baselines.Persistence(), baselines.Drift()]
    for steps in plan.seasons:
        own = [Median(steps), baselines.SeasonalNaive(steps)]
        own.append(SeasonalDrift(steps, plan.log))
        for model in own if plan.second else ():
            model.name = re.sub("naive|median", rf"\g<0> of {steps}", model.name)
        models += own
    if plan.log and plan.season > 1:
        models.append(baselines.SeasonalNaive(plan.season, growth=True))
    return models


def methods(plan):
    """Classical methods that suit a series, the simplest first, and who is left out.

    Those that would take minutes on a long season are left out, with a sentence. A method
    of your own, any `Baseline` of `utils.baselines`, is added here: where it stands in the
    list says how simple it is. It gets `Plan.scaled`.
    """
    season, longest = plan.season, min(max(2 * plan.season, 12), 48)
    ar = Recent(baselines.AR(max_lag=min(longest, plan.train // 4)), 2000)
    if plan.log:
        ar = baselines.Transformed(ar, np.log, np.exp, "on logs")
    models, left_out = [*_simple(plan), ar], []
    if season <= 60:
        kind, steps = "mul" if plan.log else "add", season if season > 1 else None
        for damped in (False, True):
            smooth = baselines.HoltWinters(steps, seasonal=kind, damped=damped)
            smooth.name = "damped " * damped + ("Holt-Winters" if steps else "Holt")
            models.append(Recent(smooth, max(30 * season, 600)))
    else:
        left_out.append(
            "Holt-Winters: the season is above 60 steps: a fit takes minutes."
        )
    if season <= 24:
        order = (0, 1, 1, season) if season > 1 else (0, 0, 0, 0)
        steps = (0, 1, 1) if season > 1 else (1, 1, 1)
        sarima = BoundedSARIMA(steps, order, plan.log)
        models.append(Recent(sarima, max(15 * season, 300)))
    else:
        left_out.append("SARIMA: the season is above 24 steps: a fit takes minutes.")
    if plan.step not in ("M", "Q", "Y"):
        left_out.append("zero-shot network: it reads months, quarters and years.")
    elif plan.longest not in (1, 4, 12):
        left_out.append(
            "zero-shot network: it reads seasons of 4 or 12 steps, or none."
        )
    elif plan.horizon > AHEAD:
        left_out.append(f"zero-shot network: it forecasts at most {AHEAD} steps ahead.")
    else:
        models.append(ZeroShot())
    return models, left_out


def climb(plan, models=None):
    """Fit every method on the training part, and forecast validation and test part.

    A method that cannot be fitted, whose fit did not converge, or whose forecasts are no
    finite numbers is not ranked; a sentence says so. Where the series is never negative
    (`Plan.floor`) no forecast is.

    Args:
        plan: a `Plan`.
        models: baselines to try, the simplest first; None: `methods`.

    Returns:
        Ladder: the last rung is the linear window (`linear_rung`).
    """
    ladder = Ladder()
    if models is None:
        models, ladder.left_out = methods(plan)
    for model in models:
        try:
            _fitted(model, plan.scaled[: plan.train])
            forecasts = {}
            for part, stop in (("validation", plan.edge), ("test", len(plan.values))):
                first, every = origins(plan, part)
                seen = plan.scaled[:stop]
                found = model.rolling(seen, first[0], plan.horizon, every)
                forecasts[part] = found * plan.scale
        except (ValueError, np.linalg.LinAlgError) as error:
            ladder.left_out.append(f"{model.name}: {error}")
            continue
        _rank(ladder, plan, model, forecasts)
    rung = linear_rung(plan, ladder.lag)
    for lag in sorted({0, *plan.seasons} - {ladder.lag}):
        other = linear_rung(plan, lag)
        if other.error < CLEARLY * rung.error:
            rung = other
    ladder.rungs[rung.model.name] = rung
    return ladder


def linear_rung(plan, lag):
    """The linear window on what the networks will read and learn (`prepare`).

    `climb` takes the change that the best naive forecast goes by (`Ladder.lag`), unless
    with another the linear window is clearly better on validation: a network copes less
    well with a level that it has not seen. The strength is chosen on the same origins: a
    small advantage over the other rungs, which learn from the training part alone.

    Args:
        plan: a `Plan`.
        lag: as `prepare` takes it.
    """
    task = prepare(plan, lag)
    model = baselines.LinearWindow(plan.window, plan.horizon)
    known, chosen = learnable(task, plan.train), origins(plan, "validation")[0]
    model.fit_windows(
        inputs(task, known),
        outputs(task, known),
        inputs(task, chosen),
        outputs(task, chosen),
    )
    forecasts = {}
    for part in ("validation", "test"):
        first = origins(plan, part)[0]
        out = to_unit(task, first, model.predict_windows(inputs(task, first)))
        forecasts[part] = np.maximum(out, plan.floor)
    error = errors(plan, forecasts["validation"], "validation").mean()
    return Rung(model, forecasts, error, task)


def _rank(ladder, plan, model, forecasts):
    """A rung for the method, or a sentence why it has none."""
    if not model.converged:
        ladder.left_out.append(f"{model.name}: its fit did not converge.")
    elif not all(np.isfinite(f).all() for f in forecasts.values()):
        ladder.left_out.append(f"{model.name}: its forecasts are not finite.")
    else:
        shown = {part: np.maximum(f, plan.floor) for part, f in forecasts.items()}
        error = errors(plan, shown["validation"], "validation").mean()
        ladder.rungs[model.name] = Rung(model, shown, error)
