"""A network for series that it has never seen: it is read from ``weights/``, not trained.

It was trained on invented monthly series (lesson 62, `tools.make_zero_shot`). It reads a
year at a time: twelve months are one step of a recurrence, and after each year it forecasts
the next 24 months as a correction of the year just read, with nine quantiles. The forward
pass stands here in NumPy, so that a program or a worker needs no TensorFlow for it.
"""

from functools import cache
from pathlib import Path

import numpy as np

from utils.baselines import Baseline
from utils.windows import check_numbers

WEIGHTS = Path(__file__).resolve().parents[1] / "weights" / "62_many_series.npz"
#: Steps of a season: what is read at once. Months ahead. Seasons read at most.
MONTHS, AHEAD, YEARS = 12, 24, 16
#: Spread of a history, in logarithms, below which it is enlarged for the networks.
LEAST = 0.005
#: The quantiles: 0.1, 0.2 … 0.9.
LEVELS = np.arange(1, 10, dtype="float32") / 10


def read_years(values):
    """What the network reads of each year, in the measure of what is known by then.

    Args:
        values: ``(series, 12 * years)``, logarithms or values of about size 1.

    Returns:
        tuple: inputs ``(series, years, 25)``, float32: the year and the one before it,
        centred on the year's mean and divided by the width, and the width's logarithm / 4;
        the mean of each year ``(series, years, 1)``; the width ``(series, years, 1)``, the
        mean over the years so far of the spread within a year and half the step between
        the means of two.
    """
    years = values.reshape(len(values), -1, MONTHS)
    mean = years.mean(2, keepdims=True)
    width = np.abs(years - mean).mean(2, keepdims=True)
    width[:, 1:] += 0.5 * np.abs(np.diff(mean, axis=1))
    width = np.cumsum(width, 1) / np.arange(1, years.shape[1] + 1)[:, None] + 1e-4
    before = np.concatenate([years[:, :1], years[:, :-1]], 1)
    parts = (years - mean) / width, (before - mean) / width, np.log(width) / 4
    return np.clip(np.concatenate(parts, 2), -8, 8).astype("float32"), mean, width


def forward(weights, inputs):
    """The network in NumPy: a dense layer, a GRU, a dense layer on top of the last year.

    Args:
        weights: the seven arrays of the Keras model of lesson 62.
        inputs: ``(series, years, 25)``, from `read_years`.

    Returns:
        numpy.ndarray: (series, 24, 9), quantiles after the last year, centred and divided
        as the inputs.
    """
    dense, shift, kernel, recurrent, bias, out, out_shift = weights
    both = 2 * len(recurrent)
    read = np.tanh(inputs @ dense + shift)
    state = np.zeros((len(inputs), len(recurrent)), "float32")
    for year in range(inputs.shape[1]):
        new, old = read[:, year] @ kernel + bias[0], state @ recurrent + bias[1]
        gates = 1 / (1 + np.exp(-np.clip(new[:, :both] + old[:, :both], -60, 60)))
        update, reset = np.split(gates, 2, axis=1)
        candidate = np.tanh(new[:, both:] + reset * old[:, both:])
        state = update * state + (1 - update) * candidate
    change = (state @ out + out_shift).reshape(-1, AHEAD, len(LEVELS))
    return change + np.tile(inputs[:, -1, :MONTHS], 2)[..., None]


@cache
def shipped(path=WEIGHTS):
    """The shipped networks, read once: a list of weights, and the stretch ``(24,)``.

    Raises:
        FileNotFoundError: the file is not there; says how to get it.
    """
    if not Path(path).exists():
        raise FileNotFoundError(
            f"{path} is not there: the weights of the zero-shot network belong to the "
            "course. Copy the folder weights/ again, or train them: make weights LESSON=62."
        )
    with np.load(path) as file:
        arrays = {name: file[name].astype("float32") for name in file.files}
    count = len({name.split("_")[0] for name in arrays if "_" in name})
    nets = [[arrays[f"w{k}_{i}"] for i in range(7)] for k in range(count)]
    return nets, arrays["stretch"]


def forecast_years(values, nets, stretch=1.0):
    """Quantiles of what follows, the mean over networks, on the scale of the values.

    Args:
        values: ``(series, 12 * years)``, as `read_years` takes them.
        nets: a list of weights, as `forward` takes them.
        stretch: factor on the distance of a quantile from the median, a number or one for
            each month ahead.

    Returns:
        numpy.ndarray: (series, 24, 9), never falling from one quantile to the next.
    """
    inputs, mean, width = read_years(values)
    quantiles = np.mean([np.sort(forward(net, inputs), axis=-1) for net in nets], 0)
    middle = quantiles[..., 4:5]
    wide = np.broadcast_to(np.asarray(stretch, "float32"), AHEAD)[:, None]
    quantiles = middle + wide * (quantiles - middle)
    return quantiles * width[:, -1:] + mean[:, -1:]


class ZeroShot(Baseline):
    """A network that was trained on other series, invented ones, and learns nothing here.

    Source: lesson 62. It reads the last 16 seasons of twelve values: months, three years of
    quarters, or twelve years. Positive histories are read as logarithms, others divided by
    their mean size; a small wave on a large level is enlarged (`LEAST`).

    Args:
        nets, stretch: as `forecast_years` takes them; None: those that the course ships.
    """

    name, least = "zero-shot network", 2 * MONTHS

    def __init__(self, nets=None, stretch=1.0):
        self.nets, self.stretch = (nets, stretch) if nets else shipped()

    def predict_many(self, values, origins, horizon):
        """Hook: the medians."""
        if horizon > AHEAD:
            raise ValueError(
                f"horizon is {horizon}; the {self.name} forecasts up to {AHEAD} steps. "
                "Take a shorter horizon, or another method."
            )
        histories = [values[max(t - MONTHS * YEARS, 0) : t] for t in origins]
        return self.quantiles(histories)[:, :horizon, 4]

    def quantiles(self, histories):
        """Forecast many series at once.

        Args:
            histories: arrays ``(time,)`` of at least 24 values, not all of one length; of
                each the last 192 are read, in whole years.

        Returns:
            numpy.ndarray: (series, 24, 9), quantiles 0.1 to 0.9 of the next 24 steps, in
            the unit of each series.

        Raises:
            ValueError: missing values or a history that is too short.
            TypeError: values that are not numbers.
        """
        out = np.empty((len(histories), AHEAD, len(LEVELS)))
        years = {}
        for row, history in enumerate(histories):
            what = f"History {row} given to the {self.name}"
            checked = check_numbers(what, history, (1,), self.least).astype("float64")
            count = min(len(checked) // MONTHS, YEARS)
            years.setdefault(count, []).append((row, checked[-MONTHS * count :]))
        for group in years.values():
            rows, values = [row for row, _ in group], np.stack([v for _, v in group])
            positive = (values > 0).all(1, keepdims=True)
            size = np.abs(values).mean(1, keepdims=True)
            size[size == 0] = 1.0
            logs = np.log(np.where(positive, values, 1.0))
            scaled = np.where(positive, logs, values / size)
            centre = scaled.mean(1, keepdims=True)
            spread = np.abs(scaled - centre).mean(1, keepdims=True)
            spread[spread == 0] = LEAST
            gain = np.maximum(LEAST / spread, 1.0)  # a small wave on a large level
            reached = forecast_years((scaled - centre) * gain, self.nets, self.stretch)
            reached = (reached / gain[..., None]) + centre[..., None]
            size, positive = size[..., None], positive[..., None]
            grown = np.exp(np.minimum(reached, 700.0))
            out[rows] = np.where(positive, grown, reached * size)
        return out
