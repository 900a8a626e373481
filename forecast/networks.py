"""The recurrent cells: one small network for each, every seed trained the same way."""

import functools

import keras
import numpy as np
from keras import layers

from forecast.inputs import inputs, learnable, outputs, to_unit
from forecast.plan import origins
from utils.training import restart

CELLS = ("SimpleRNN", "LSTM", "GRU")
STEPS, BATCH = 300, 32


def build(cell, window, features, horizon):
    """A recurrent layer of 24 units and one output for each step ahead, zero at first."""
    x = keras.Input((window, features))
    h = getattr(layers, cell)(24)(x)
    return keras.Model(x, layers.Dense(horizon, kernel_initializer="zeros")(h))


@functools.cache
def _compiled(build, *sizes):
    model = build(*sizes)
    rate = keras.optimizers.schedules.CosineDecay(5e-3, STEPS)
    # fifty steps a call: the same weights to the last bit, in less time
    how = {"steps_per_execution": 50}
    model.compile(keras.optimizers.Adam(rate, clipnorm=1), "mae", **how)
    return model


def train(task, cell, seed, stop=None, build=build):
    """Train a network on the targets before ``stop``.

    Three hundred steps of 32 windows, whatever the length of the series; the loss is the
    mean absolute error, because that is the score.

    Args:
        task: a `Task`.
        cell: ``"SimpleRNN"``, ``"LSTM"`` or ``"GRU"``.
        seed: of the weights and of the order of the windows.
        stop: position after the last target; None: the end of the training part.
        build: makes the network, called as `build` is.

    Returns:
        keras.Model: the next call with the same cell, task and ``build`` trains it anew.
    """
    sizes = (cell, task.plan.window, task.features, task.plan.horizon)
    model = restart(_compiled(build, *sizes), seed)
    known = learnable(task, stop or task.plan.train)
    times = -(-STEPS * BATCH // len(known))  # rounded up
    order = np.concatenate([np.random.permutation(known) for _ in range(times)])
    order = order[: STEPS * BATCH]
    x, y = inputs(task, order), outputs(task, order)
    model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0)
    return model


def forecast(task, model, first):
    """Forecasts ``(origins, horizon)`` in the unit of the series."""
    out = to_unit(task, first, model.predict_on_batch(inputs(task, first)))
    return np.maximum(out, task.plan.floor)


def run(task, cell, seeds, build=build):
    """Train a cell on several seeds: [{"validation": (origins, horizon), "test": …}, …]."""
    forecasts = []
    for seed in seeds:
        model = train(task, cell, seed, build=build)
        forecasts.append(
            {
                part: forecast(task, model, origins(task.plan, part)[0])
                for part in ("validation", "test")
            }
        )
    return forecasts


def ahead(task, cell, seed, build=build):
    """Learn once more, from everything, and forecast what follows: (horizon,)."""
    count = len(task.plan.values)
    return forecast(task, train(task, cell, seed, count, build), [count])[0]
