"""Train the zero-shot network that lesson 62 ships, from invented series only.

`python -m tools.make_weights 62` calls this. Generator, examples, network, loss and the
course of the learning rate come from the ``light`` cells of notebooks/62_many_series.ipynb,
so they exist once. What is added here is the recipe:

- SEEDS networks of UNITS units, STEPS steps of BATCH series each; no series comes twice;
- each is scored on HELD invented series that no training has seen (the mean pinball loss),
  and all are kept: their forecasts are averaged (`forecast.zero_shot.forecast_years`), which
  has a smaller loss on those series than any one of them;
- the mean of quantiles is a little too wide: on other invented series a factor for each
  month ahead, ``stretch``, makes the middle 80 % hold 80 %.

No measured series is read. Sums of floating point numbers differ between machines, and with
Keras' backend, so training anew gives weights that are about as good, not the same bytes.
"""

import json
import time

import keras
import numpy as np

from forecast.zero_shot import LEVELS, WEIGHTS, forecast_years, forward, shipped

SEEDS, UNITS, STEPS, BATCH, HELD = (0, 1, 2), 128, 5000, 256, 4096


def held_out(lesson, which):
    """Invented series that no training has seen: those for the score 0, for the width 1."""
    return lesson["invent"](HELD, np.random.default_rng([62, 10**6 + which]))


def losses(lesson, nets):
    """Mean pinball loss after the last year, of each network and of their mean."""
    x, y = lesson["examples"](held_out(lesson, 0))
    forecasts = [np.sort(forward(net, x), axis=-1) for net in nets]
    found = []
    for quantiles in (*forecasts, np.mean(forecasts, 0)):
        error = y[:, -1, :, None] - quantiles
        each = np.maximum(LEVELS * error, (LEVELS - 1) * error)
        found.append(round(float(np.minimum(each, 20).mean()), 4))
    return found


def stretch_for(lesson, nets):
    """The factor for each month ahead with which the 80 % band holds 80 %: (24,)."""
    series = held_out(lesson, 1).astype("float64")
    known, ahead = np.split(series, [series.shape[1] - 24], axis=1)
    centre = known.mean(1, keepdims=True)
    quantiles = forecast_years(known - centre, nets) + centre[..., None]
    error = ahead - quantiles[..., 4]
    above = quantiles[..., 8] - quantiles[..., 4]
    below = quantiles[..., 4] - quantiles[..., 0]
    return np.quantile(np.abs(error) / np.where(error > 0, above, below), 0.8, axis=0)


def train(lesson):
    """Train every network; returns the arrays to keep and the facts for the note."""
    nets, log = [], []
    for seed in SEEDS:
        keras.utils.set_random_seed(seed)
        model = lesson["build"](UNITS)
        lesson["compile_for"](model, STEPS)
        batches = (
            lesson["examples"](
                lesson["invent"](BATCH, np.random.default_rng([62, seed, k]))
            )
            for k in range(STEPS)
        )
        every = STEPS // 10

        def note(epoch, logs, seed=seed, every=every):
            row = {"seed": seed, "steps": (epoch + 1) * every}
            row["seconds"] = round(time.process_time(), 1)
            log.append(row | {"loss": round(float(logs["loss"]), 4)})
            print(log[-1], flush=True)

        told = keras.callbacks.LambdaCallback(on_epoch_end=note)
        model.fit(
            batches, epochs=10, steps_per_epoch=every, callbacks=[told], verbose=0
        )
        nets.append(
            [w.astype("float16").astype("float32") for w in model.get_weights()]
        )
    arrays = {
        f"w{k}_{i}": w.astype("float16")
        for k, net in enumerate(nets)
        for i, w in enumerate(net)
    }
    arrays["stretch"] = stretch_for(lesson, nets).astype("float32")
    facts = {"units": UNITS, "steps": STEPS, "batch": BATCH, "seeds": list(SEEDS)}
    facts |= {
        "held_out_losses": losses(lesson, nets),
        "cpu_seconds": log[-1]["seconds"],
    }
    return arrays, facts | {"log": log}


def check(lesson):
    """Score the shipped networks; exit code 1 if the note says something else."""
    nets, _ = shipped()
    note = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    found = losses(lesson, nets)
    print(f"held-out invented series {found}, the note says {note['held_out_losses']}")
    return int(np.abs(np.subtract(found, note["held_out_losses"])).max() > 0.002)
