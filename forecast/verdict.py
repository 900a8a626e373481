"""Who is better on the test part, by how much, and whether that can be told at all."""

from dataclasses import dataclass, replace

import numpy as np

from forecast.plan import errors, origins
from utils.scores import block_interval


@dataclass(frozen=True)
class Comparison:
    """Two forecasts of the same targets, paired origin by origin."""

    first: str
    second: str
    difference: float  # mean of the first's errors minus the second's, in the unit
    low: float  # the ends of its 95 % interval
    high: float
    blocks: int  # independent stretches behind the interval; 0: too few for an interval

    @property
    def winner(self):
        """Name of the one with the smaller error, or None: a tie."""
        if self.high < 0:
            return self.first
        return self.second if self.low > 0 else None


@dataclass(frozen=True)
class Verdict:
    """What the test part says of a network and of the best rung of the ladder."""

    network: str
    baseline: str  # the best rung on validation
    against_baseline: Comparison  # network, baseline
    against_naive: Comparison  # the better of the two (at a tie the baseline), naive:
    # on validation and test part together, because this only says what to use
    against_mean: Comparison | None = None  # the mean of two, what would be used else
    two: tuple = ()  # the names of the two

    @property
    def winner(self):
        """Name of the better of network and baseline, or None: a tie."""
        return self.against_baseline.winner

    @property
    def difference(self):
        """Network's minus baseline's error, in the unit; below 0 the network is ahead."""
        return self.against_baseline.difference

    @property
    def interval(self):
        """The 95 % interval of the difference, (low, high)."""
        return self.against_baseline.low, self.against_baseline.high

    @property
    def chosen(self):
        """Name of the method to use: the mean of two if it is better than `single`."""
        mean = self.against_mean
        return mean.first if mean and mean.winner == mean.first else self.single

    @property
    def single(self):
        """Name of the single method to use.

        The network if it is better; else the best rung, unless it could be compared with
        the naive forecast and is not better than that: then the naive forecast.
        """
        last = self.against_naive
        return (
            last.first if last.winner == last.first or not last.blocks else last.second
        )

    @property
    def sentence(self):
        """The verdict in words, with one order at its end."""
        network, baseline = self.network, self.baseline
        best, naive = self.against_naive.first, self.against_naive.second
        if self.winner:
            kind = "network" if self.winner == network else "baseline"
            said = [f"The {kind} ({self.winner}) is better on this test part."]
        elif self.against_baseline.blocks:
            said = [
                f"A tie: {network} and {baseline} cannot be told apart on this test part."
            ]
        else:
            said = [
                f"The test part is too short to tell {network} and {baseline} apart."
            ]
        why = "" if self.winner else ", the simpler one"
        if self.single != best:
            worse = self.against_naive.winner == naive
            told = "is worse than" if worse else "cannot be told from"
            said.append(
                f"But on validation and test part together {best} {told} {naive}."
            )
            why = "" if worse else ", the simplest"
        if self.chosen != self.single:
            said.append(f"But the {self.chosen} is better than {self.single}.")
            return f"{' '.join(said)} Take the {self.chosen}."
        return f"{' '.join(said)} Take {self.chosen}{why}."


def block_length(plan, count, parts=("test",)):
    """Length in origins of the blocks that an interval is made of; None: too few origins.

    Origins share targets as long as they are less than a horizon apart. A block holds two
    such stretches, or one where there are not three blocks of two; without three
    independent stretches there is no interval.
    """
    every = min(origins(plan, part)[1] for part in parts)
    together = -(-plan.horizon // every)  # origins that share targets
    for block in (max(2 * together, 4), together):
        if count >= 3 * block:
            return block
    return None


def compare(plan, first, first_errors, second, second_errors, parts=("test",)):
    """Compare two names by their errors at the origins of parts, each (origins,).

    Whole blocks of neighbouring origins are resampled (`block_interval`).
    """
    first_errors, second_errors = np.asarray(first_errors), np.asarray(second_errors)
    block = block_length(plan, len(first_errors), parts)
    if block is None:
        gap = float(np.mean(first_errors - second_errors))
        return Comparison(first, second, gap, -np.inf, np.inf, 0)
    gap, low, high = block_interval(first_errors, second_errors, block)
    return Comparison(first, second, gap, low, high, len(first_errors) // block)


def judge(plan, ladder, network, runs, mean=None):
    """The verdict on a network and the ladder, both chosen on validation before.

    Args:
        plan: a `Plan`.
        ladder: a `Ladder`.
        network: name of the cell.
        runs: its forecasts, {"validation": (origins, horizon), "test": …} for each seed;
            the *errors* are averaged, not the forecasts, because you would use one network.
        mean: name of the mean of two methods and its errors at the test part's origins
            (origins,), or None.

    Returns:
        Verdict: all comparisons but that with the naive forecast are made on the test part.
    """

    def missed(name, *parts):
        each = runs if name == network else [ladder.rungs[name].forecasts]
        return np.concatenate(
            [np.mean([errors(plan, f[p], p) for f in each], axis=0) for p in parts]
        )

    best, naive = ladder.best, ladder.naive
    pair = compare(plan, network, missed(network, "test"), best, missed(best, "test"))
    last = network if pair.winner == network else best
    past = ("validation", "test") if pair.blocks else ("test",)
    it, plain = missed(last, *past), missed(naive, *past)
    verdict = Verdict(network, best, pair, compare(plan, last, it, naive, plain, past))
    if mean is None:
        return verdict
    single = verdict.single
    other = compare(plan, *mean, single, missed(single, "test"))
    return replace(verdict, against_mean=other)
