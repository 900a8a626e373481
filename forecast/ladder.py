"""The ladder: what a network must beat, from the simplest method up to its linear rival."""

import copy
from dataclasses import dataclass, field

import numpy as np

from forecast.inputs import inputs, learnable, outputs, prepare, to_unit
from forecast.plan import errors, origins
from utils import baselines

NAIVE = ("persistence", "seasonal naive")


@dataclass
class Rung:
    """One method: its forecasts, and itself."""

    model: object
    forecasts: dict  # {"validation": (origins, horizon), "test": …}, in the unit
    error: float  # mean absolute error on validation
    task: object = None  # what the linear window reads; None: the series itself

    def ahead(self, plan):
        """Learn once more, from everything, and forecast what follows: (horizon,).

        If that fit does not converge, what was learnt from the training part is kept.
        """
        if self.task is None:
            whole = copy.copy(self.model).fit(plan.values)
            model = whole if whole.converged else self.model
            return model.forecast(plan.horizon, plan.values)
        whole, count = copy.copy(self.model), len(plan.values)
        whole.strengths = [self.model.strength]  # chosen on validation, and kept
        first = learnable(self.task, count)
        windows = inputs(self.task, first), outputs(self.task, first)
        whole.fit_windows(*windows, *windows)
        out = whole.predict_windows(inputs(self.task, [count]))
        return to_unit(self.task, [count], out)[0]


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
        """Name of the better of the naive forecasts, on validation."""
        known = [name for name in NAIVE if name in self.rungs]
        return min(known, key=lambda name: self.rungs[name].error)


def methods(plan):
    """Classical methods that suit a series, the simplest first, and who is left out.

    Those that would take minutes on a long season are left out, with a sentence.
    """
    season, longest = plan.season, min(max(2 * plan.season, 12), 48)
    ar = baselines.AR(max_lag=min(longest, plan.train // 4))
    if plan.log:
        ar = baselines.Transformed(ar, np.log, np.exp, "on logs")
    models, left_out = [baselines.Persistence(), baselines.Drift()], []
    if season > 1:
        models.append(baselines.SeasonalNaive(season))
    models.append(ar)
    if 1 < season <= 60:
        kind = "mul" if plan.log else "add"
        models.append(baselines.HoltWinters(season, seasonal=kind))
    elif season > 1:
        left_out.append(
            "Holt-Winters: the season is above 60 steps: a fit takes minutes."
        )
    if 1 < season <= 12 and len(plan.values) <= 700:
        order = (0, 1, 1, season)
        models.append(baselines.SARIMA(seasonal_order=order, log=plan.log))
    elif season > 1:
        left_out.append(
            "SARIMA: the season is above 12 steps, or 700 values are passed."
        )
    return models, left_out


def climb(plan, models=None):
    """Fit every method on the training part, and forecast validation and test part.

    A method that cannot be fitted, whose fit did not converge, or whose forecasts are no
    finite numbers is not ranked; a sentence says so.

    Args:
        plan: a `Plan`.
        models: baselines to try, the simplest first; None: `methods`.

    Returns:
        Ladder: the last rung is the linear window: what the networks will read and learn
        (`prepare`), with the strength chosen on the origins of the validation part.
    """
    ladder = Ladder()
    if models is None:
        models, ladder.left_out = methods(plan)
    for model in models:
        try:
            model.fit(plan.values[: plan.train])
            forecasts = {}
            for part, stop in (("validation", plan.edge), ("test", len(plan.values))):
                first, every = origins(plan, part)
                seen = plan.values[:stop]
                forecasts[part] = model.rolling(seen, first[0], plan.horizon, every)
        except (ValueError, np.linalg.LinAlgError) as error:
            ladder.left_out.append(f"{model.name}: {error}")
            continue
        _rank(ladder, plan, model, forecasts)
    task = prepare(plan, seasonal=ladder.naive == "seasonal naive")
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
        forecasts[part] = to_unit(
            task, first, model.predict_windows(inputs(task, first))
        )
    _rank(ladder, plan, model, forecasts, task)
    return ladder


def _rank(ladder, plan, model, forecasts, task=None):
    """A rung for the method, or a sentence why it has none."""
    if not model.converged:
        ladder.left_out.append(f"{model.name}: its fit did not converge.")
    elif not all(np.isfinite(f).all() for f in forecasts.values()):
        ladder.left_out.append(f"{model.name}: its forecasts are not finite.")
    else:
        error = errors(plan, forecasts["validation"], "validation").mean()
        ladder.rungs[model.name] = Rung(model, forecasts, error, task)
