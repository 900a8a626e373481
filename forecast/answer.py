"""From a series to its answer: the whole way in one call, as the command goes it."""

import functools
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecast.bands import LEVELS, bands, ceiling, held
from forecast.ladder import Ladder, climb
from forecast.page import (
    decimals,
    label,
    number,
    own_decimals,
    span,
    step_words,
    table_decimals,
)
from forecast.plan import Plan, errors, make_plan, origins, recent, targets
from forecast.verdict import Verdict, judge

#: Seeds of each cell.
SEEDS = range(3)


@dataclass(frozen=True)
class Answer:
    """Everything that the page says."""

    name: str
    series: pd.Series
    report: list  # what the reader did, as sentences
    plan: Plan
    ladder: Ladder
    runs: dict  # {name: [{"validation": …, "test": …} for each seed]}: cells, and the mean
    verdict: Verdict
    ahead: np.ndarray  # (horizon,), the forecast, in the unit
    bands: dict  # {80: (low, high), 95: (low, high)}, each (horizon,), in the unit
    held: dict  # {80: share of the test part's values that such a band held, 95: …}

    @property
    def numbered(self):
        """Whether the lines were numbered for want of dates."""
        return bool(self.series.attrs.get("numbered"))

    @property
    def future(self):
        """Dates of the forecast (horizon,)."""
        last, freq = self.series.index[-1], self.series.index.freq
        return pd.date_range(last, periods=self.plan.horizon + 1, freq=freq)[1:]

    @property
    def days(self):
        """Dates of the forecast as text; the numbers of its steps for want of dates."""
        if self.numbered:
            first = len(self.series) + 1
            return [str(first + step) for step in range(self.plan.horizon)]
        return [label(date, self.series) for date in self.future]

    @property
    def by_seed(self):
        """Validation error of every seed of each cell, {cell: [errors]}."""
        return seed_errors(self.plan, self.runs)

    @property
    def scores(self):
        """Validation errors of all that is ranked, the best first, as a Series."""
        return scores(self.plan, self.ladder, self.runs)

    def test_errors(self, name):
        """Test errors of a rung or a cell, (seeds, origins); a rung has one row."""
        found = forecasts_of(self.ladder, self.runs, name)
        return np.array([errors(self.plan, each["test"], "test") for each in found])

    @property
    def curves(self):
        """Mean test error at each step ahead, {name: (horizon,)}, of those compared."""
        names = [self.verdict.network, self.verdict.baseline, self.verdict.chosen]
        aim = targets(self.plan, "test")
        return {
            name: np.mean(
                [
                    np.abs(each["test"] - aim).mean(axis=0)
                    for each in forecasts_of(self.ladder, self.runs, name)
                ],
                axis=0,
            )
            for name in dict.fromkeys(names)
        }

    @property
    def error_digits(self):
        """Decimals that errors are shown with: three digits."""
        return decimals(self.test_errors(self.verdict.baseline).mean())

    @property
    def digits(self):
        """Decimals that forecasts are shown with.

        Those of the file; fewer where errors have three digits with fewer, more where both
        ends of a band would otherwise be one number.
        """
        error = self.test_errors(self.verdict.baseline).mean()
        own = own_decimals(self.series.to_numpy())
        return table_decimals(own, error, *self.bands[LEVELS[0]])

    @property
    def parts(self):
        """The plan with its dates: {what is done there: (from, to, values)}."""
        plan, count = self.plan, len(self.series)
        ends = {
            "learn": (0, plan.train),
            "choose": (plan.train, plan.edge),
            "test": (plan.edge, count),
        }
        return {
            part: (*span(self.series, start, stop), stop - start)
            for part, (start, stop) in ends.items()
        } | {"forecast": (self.days[0], self.days[-1], plan.horizon)}

    @property
    def promise(self):
        """What the intervals promise, and how often they held on the past."""
        count = sum(len(origins(self.plan, p)[0]) for p in ("validation", "test"))
        few = (
            " So few errors know little of one in twenty: the 95 % interval is about as "
            "wide as the largest of them."
            if count < 19
            else ""
        )
        a, b = LEVELS
        return (
            f"Intervals: {a} of 100 values are meant to lie in the {a} % interval, {b} of "
            f"100 in the {b} % interval, if the future errs as the past did. They are as "
            f"wide as the errors of {self.verdict.chosen} from {count} origins of the past."
            f"{few} Made the same way before the test part, they held "
            f"{100 * self.held[a]:.0f} % and {100 * self.held[b]:.0f} % of its values."
        )

    @property
    def compared(self):
        """The two that the verdict compares, and the naive: {name: mean test error}."""
        verdict = self.verdict
        names = [verdict.network, verdict.baseline, verdict.against_naive.second]
        if verdict.against_mean:
            names.append(verdict.against_mean.first)
        return {name: self.test_errors(name).mean() for name in dict.fromkeys(names)}

    @property
    def lines(self):
        """What was done and found, as sentences; what was read is in ``report``."""
        plan, series, verdict, d = (
            self.plan,
            self.series,
            self.verdict,
            self.error_digits,
        )
        pair, ranked = verdict.against_baseline, self.scores
        seeds = self.test_errors(verdict.network).mean(axis=1)
        told = ", ".join(f"{name} {e:.{d}f}" for name, e in self.compared.items())
        count = len(origins(plan, "test")[0])
        seasons = " and ".join(map(str, plan.seasons)) or "none"
        first, last = span(series, 0, len(series))
        return [
            f"{self.name}: {len(series)} values of {series.name}, {first} to {last}, "
            f"step {step_words(series)}",
            *plan.notes,
            f"Forecast {plan.horizon} steps ahead; season {seasons}; "
            f"{'on logs' if plan.log else 'no log'}; learnt on {plan.train} values, chose on "
            f"{plan.edge - plan.train}, tested on {len(series) - plan.edge} "
            f"({count} origins).",
            *(f"Left out: {reason}" for reason in self.ladder.left_out),
            f"Chosen on validation: {verdict.network} ({ranked[verdict.network]:.{d}f}) and "
            f"{verdict.baseline} ({ranked[verdict.baseline]:.{d}f}).",
            f"Mean absolute error on the test part: {told} ({verdict.network} by seed: "
            f"{', '.join(f'{e:.{d}f}' for e in seeds)}).",
            said(pair, d),
            *([said(verdict.against_mean, d)] if verdict.against_mean else []),
            self.promise,
            f"Verdict: {verdict.sentence}",
        ]


def said(pair, digits):
    """A comparison in words."""
    low, high = pair.low, pair.high
    for _ in range(3):  # an end that decides is not shown as 0
        digits += pair.winner is not None and 0 in np.round((low, high), digits)

    def signed(value):
        shown = number(value, digits)
        return f"+{shown}" if float(shown) > 0 else shown

    interval = "an interval needs three stretches without common targets"
    if pair.blocks:
        interval = (
            f"95 % interval {signed(low)} to {signed(high)}, from "
            f"{pair.blocks} blocks of the test part"
        )
    return f"{pair.first} minus {pair.second}: {signed(pair.difference)}; {interval}."


def seed_errors(plan, runs):
    """Validation error of every seed, {name: [errors]}."""
    return {
        name: [errors(plan, each["validation"], "validation").mean() for each in seeds]
        for name, seeds in runs.items()
    }


def scores(plan, ladder, runs):
    """Validation errors of rungs and runs, the best first, as a Series."""
    rungs = {name: rung.error for name, rung in ladder.rungs.items()}
    means = {name: np.mean(each) for name, each in seed_errors(plan, runs).items()}
    return pd.Series(rungs | means).sort_values(kind="stable")


def forecasts_of(ladder, runs, name):
    """The forecasts of a run, one for each seed, or of a rung, in a list of one."""
    return runs[name] if name in runs else [ladder.rungs[name].forecasts]


def mean_of_two(plan, ladder, runs):
    """The mean of the two that are best on validation.

    Returns:
        tuple: its name, the two names, and its forecasts as those of a run.
    """
    two = tuple(scores(plan, ladder, runs).index[:2])
    first, second = (forecasts_of(ladder, runs, name) for name in two)
    count = max(len(first), len(second))
    mixed = [
        {
            part: (first[k % len(first)][part] + second[k % len(second)][part]) / 2
            for part in ("validation", "test")
        }
        for k in range(count)
    ]
    return f"mean of {two[0]} and {two[1]}", two, mixed


def decide(plan, ladder, runs):
    """The verdict on the cell and the rung that validation chose, and on the mean of two.

    Args:
        plan: a `Plan`.
        ladder: a `Ladder`.
        runs: {cell: [{"validation": …, "test": …} for each seed]}.

    Returns:
        tuple: the `Verdict`, and the runs with those of the mean.
    """
    means = {cell: np.mean(each) for cell, each in seed_errors(plan, runs).items()}
    best = min(means, key=means.get)
    mean, two, mixed = mean_of_two(plan, ladder, runs)
    its = np.mean([errors(plan, each["test"], "test") for each in mixed], axis=0)
    verdict = judge(plan, ladder, best, runs[best], (mean, its))
    return replace(verdict, two=two), runs | {mean: mixed}


def conclude(name, series, report, plan, ladder, runs, verdict, train):
    """Forecast what follows with the method that the verdict chose.

    Args:
        name: what the page calls the series.
        series: regular series with its dates (time,), nothing missing.
        report: sentences of the reader.
        plan, ladder: a `Plan` and a `Ladder`.
        runs, verdict: as `decide` returns them.
        train: called with the name of a cell; its forecast (horizon,), learnt from all.

    Returns:
        Answer
    """
    chosen, rungs = verdict.chosen, ladder.rungs
    names = (chosen,) if chosen == verdict.single else verdict.two
    each = [rungs[n].ahead(plan) if n in rungs else train(n) for n in names]
    most, past = ceiling(series), forecasts_of(ladder, runs, chosen)[0]
    ahead = np.minimum(np.mean(each, axis=0), most)
    return Answer(
        name, series, report, plan, ladder, runs, verdict,
        ahead, bands(plan, past, ahead, most), held(plan, past),
    )  # fmt: skip


def answer(name, series, report, settings, say=print, seeds=SEEDS):
    """Plan, ladder, networks, verdict and forecast of a series.

    Args:
        name: what the page calls it.
        series: regular series with its dates (time,), nothing missing.
        report: sentences of the reader.
        settings: ``season``, ``horizon`` and ``log``, each may be missing.
        say: called with a line whenever the work goes on.
        seeds: of each cell; the forecast ahead is made with the first.

    Returns:
        Answer

    Raises:
        DataError: the series does not suit the settings, said before anything is fitted.
    """
    series, cut = recent(series)
    plan = make_plan(series, **settings)
    if cut:
        plan = replace(plan, notes=(cut, *plan.notes))
    say(f"{len(series)} values, {plan.horizon} steps ahead: the simple methods …")
    ladder = climb(plan)
    say(f"best of them on validation: {ladder.best}; starting TensorFlow …")
    from forecast import networks  # TensorFlow: only when there is something to train

    task, runs = ladder.task, {}
    for cell in networks.CELLS:
        say(f"training {cell}, {len(seeds)} seeds …")
        runs[cell] = networks.run(task, cell, seeds)
    verdict, runs = decide(plan, ladder, runs)
    say(f"forecasting with {verdict.chosen} …")
    found = plan, ladder, runs, verdict
    train = functools.partial(networks.ahead, task, seed=seeds[0])
    return conclude(name, series, report, *found, train)
