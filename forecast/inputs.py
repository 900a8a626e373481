"""What the network reads and learns; its linear rival reads and learns the same."""

from dataclasses import dataclass

import numpy as np

from forecast.plan import Plan


@dataclass(frozen=True)
class Task:
    """A plan and the series as models see it: standardised, perhaps a seasonal change."""

    plan: Plan
    lag: int  # 0: the series itself; otherwise its change over so many steps
    far: (
        int  # 0, or a season beyond the window, of which a model reads one value a step
    )
    root: np.ndarray  # (time,), the values or their logarithms
    mean: float  # of the series or its change, in the training part
    std: float
    z: np.ndarray  # (time - lag,), float32, standardised

    @property
    def features(self):
        """How many numbers a model reads at each step of its window."""
        return (1 if self.lag else 2) + (self.far > 0)


def prepare(plan, lag):
    """Standardise the series, or its change over a season, by the training part.

    Args:
        plan: a `Plan`.
        lag: learn the change over so many steps, a season; 0: the change since the last
            value known. (`climb` goes by the best naive forecast, and by the linear window.)
    """
    root = np.log(plan.values) if plan.log else plan.values
    unread = plan.longest > plan.window and plan.longest not in (lag, 1)
    far = plan.longest if unread and plan.longest >= plan.horizon else 0
    change = root[lag:] - root[:-lag] if lag else root
    known = change[: plan.train - lag]
    mean, std = known.mean(), known.std() or 1.0  # 0: each season repeats the last
    return Task(
        plan, lag, far, root, mean, std, ((change - mean) / std).astype("float32")
    )


def inputs(task, first):
    """Windows ``(origins, window, features)``: what is known before each origin.

    The features are the standardised value and its distance to the last one known (of a
    seasonal change there is the change alone), and where a season is longer than the window
    also what was known one such season before the steps ahead.
    """
    ends = np.asarray(first)[:, None] - task.lag
    steps = np.arange(-task.plan.window, 0)
    x = task.z[ends + steps][..., None]
    last = 0 if task.lag else x[:, -1:]
    parts = [x] if task.lag else [x, x - last]
    if task.far:
        ago = task.z[ends + steps + task.plan.horizon - task.far][..., None]
        parts.append(ago - last)
    return np.concatenate(parts, axis=2)


def outputs(task, first):
    """Standardised changes ``(origins, horizon)``: what is to be learnt."""
    ends = np.asarray(first)[:, None] - task.lag
    y = task.z[ends + np.arange(task.plan.horizon)]
    return y if task.lag else y - task.z[ends - 1]


def to_unit(task, first, out):
    """A model's output ``(origins, horizon)`` as forecasts in the unit of the series."""
    ends, steps = np.asarray(first)[:, None], np.arange(task.plan.horizon)
    change = np.asarray(out, "float64") * task.std
    if task.lag:
        change += task.mean
        for h in range(task.lag, task.plan.horizon):  # beyond a season: add them up
            change[:, h] += change[:, h - task.lag]
        seasons_back = task.lag * (steps // task.lag + 1)
        root = task.root[ends + steps - seasons_back] + change
    else:
        root = change + task.root[ends - 1]
    return np.exp(root) if task.plan.log else root


def learnable(task, stop):
    """Positions of the first target of every window whose targets end before ``stop``."""
    plan, reach = task.plan, max(task.far - task.plan.horizon, 0)
    return np.arange(task.lag + plan.window + reach, stop - plan.horizon + 1)
