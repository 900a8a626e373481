"""From a series to its answer: the whole way in one call, as the command goes it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.inputs import prepare
from forecast.ladder import Ladder, climb
from forecast.page import day, decimals
from forecast.plan import Plan, errors, make_plan, origins, targets
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
    runs: dict  # {cell: [{"validation": …, "test": …} for each seed]}, in the unit
    verdict: Verdict
    ahead: np.ndarray  # (horizon,), the forecast, in the unit
    margin: np.ndarray  # (horizon,), half width of its band

    @property
    def future(self):
        """Dates of the forecast (horizon,)."""
        last, freq = self.series.index[-1], self.series.index.freq
        return pd.date_range(last, periods=self.plan.horizon + 1, freq=freq)[1:]

    @property
    def by_seed(self):
        """Validation error of every seed of each cell, {cell: [errors]}."""
        return seed_errors(self.plan, self.runs)

    @property
    def scores(self):
        """Validation errors of all that is ranked, the best first, as a Series."""
        rungs = {name: rung.error for name, rung in self.ladder.rungs.items()}
        cells = {cell: np.mean(each) for cell, each in self.by_seed.items()}
        return pd.Series(rungs | cells).sort_values()

    def test_errors(self, name):
        """Test errors of a rung or a cell, (seeds, origins); a rung has one row."""
        found = _forecasts(self.ladder, self.runs, name)
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
                    for each in _forecasts(self.ladder, self.runs, name)
                ],
                axis=0,
            )
            for name in dict.fromkeys(names)
        }

    @property
    def digits(self):
        """Decimals that forecasts and errors are shown with."""
        return decimals(self.test_errors(self.verdict.baseline).mean())

    @property
    def lines(self):
        """The page's sentences."""
        plan, series, verdict, d = self.plan, self.series, self.verdict, self.digits
        pair, scores = verdict.against_baseline, self.scores
        tested = {
            name: self.test_errors(name)
            for name in (
                verdict.network,
                verdict.baseline,
                verdict.against_naive.second,
            )
        }
        seeds = ", ".join(f"{e:.{d}f}" for e in tested[verdict.network].mean(axis=1))
        told = ", ".join(f"{name} {e.mean():.{d}f}" for name, e in tested.items())
        count = len(origins(plan, "test")[0])
        interval = "an interval needs three stretches without common targets"
        if pair.blocks:
            interval = (
                f"95 % interval {pair.low:+.{d}f} to {pair.high:+.{d}f}, from {pair.blocks} "
                "blocks of the test part"
            )
        return [
            f"{self.name}: {len(series)} values of {series.name}, "
            f"{day(series.index[0])} to {day(series.index[-1])}, step {series.index.freqstr}",
            *self.report,
            *plan.notes,
            f"Forecast {plan.horizon} steps ahead; season {plan.season}; "
            f"{'on logs' if plan.log else 'no log'}; learnt on {plan.train} values, chose on "
            f"{plan.edge - plan.train}, tested on {len(series) - plan.edge} "
            f"({count} origins).",
            *(f"Left out: {reason}" for reason in self.ladder.left_out),
            f"Chosen on validation: {verdict.network} ({scores[verdict.network]:.{d}f}) and "
            f"{verdict.baseline} ({scores[verdict.baseline]:.{d}f}).",
            f"Mean absolute error on the test part: {told} "
            f"({verdict.network} by seed: {seeds}).",
            f"{pair.first} minus {pair.second}: {pair.difference:+.{d}f}; {interval}.",
            f"Verdict: {verdict.sentence}",
        ]


def seed_errors(plan, runs):
    """Validation error of every seed, {cell: [errors]}."""
    return {
        cell: [errors(plan, each["validation"], "validation").mean() for each in seeds]
        for cell, seeds in runs.items()
    }


def _forecasts(ladder, runs, name):
    return runs[name] if name in runs else [ladder.rungs[name].forecasts]


def margin(plan, ladder, runs, name):
    """Half width of the band, (horizon,): nine of ten past errors were smaller.

    The errors are those of the validation and the test part, step for step. These parts
    also chose the model, and it has learnt more since: no guarantee goes with it.
    """
    first = _forecasts(ladder, runs, name)[0]
    parts = ("validation", "test")
    misses = [np.abs(first[part] - targets(plan, part)) for part in parts]
    return np.quantile(np.concatenate(misses), 0.9, axis=0)


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
    plan = make_plan(series, **settings)
    say(f"{len(series)} values, {plan.horizon} steps ahead: the simple methods …")
    ladder = climb(plan)
    say(f"The best of them on validation: {ladder.best}. TensorFlow …")
    from forecast import networks  # TensorFlow: only when there is something to train

    task = prepare(plan, seasonal=ladder.naive == "seasonal naive")
    runs = {}
    for cell in networks.CELLS:
        say(f"{cell}, {len(seeds)} seeds …")
        runs[cell] = networks.run(task, cell, seeds)
    mean = {cell: np.mean(each) for cell, each in seed_errors(plan, runs).items()}
    best = min(mean, key=mean.get)
    verdict = judge(plan, ladder, best, [each["test"] for each in runs[best]])
    if verdict.chosen in ladder.rungs:
        ahead = ladder.rungs[verdict.chosen].ahead(plan)
    else:
        ahead = networks.ahead(task, best, seeds[0])
    wide = margin(plan, ladder, runs, verdict.chosen)
    return Answer(name, series, report, plan, ladder, runs, verdict, ahead, wide)
