"""The progress line, and a training that begins again from nothing."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from tools.lessons import ROOT
from utils.training import Progress, restart

X = np.random.default_rng(0).standard_normal((64, 8, 1)).astype("float32")
Y = X.sum(axis=1)


def test_importing_utils_is_quiet():
    """Neither TensorFlow's start nor many small models write to stderr."""
    code = (
        "import utils, numpy as np\n"
        "from utils import training\n"
        "import keras\n"
        "for _ in range(7):\n"
        "    m = keras.Sequential([keras.Input((2, 1)), keras.layers.Flatten()])\n"
        "    m.predict(np.zeros((1, 2, 1)), verbose=0)\n"
        "print('JIT', training.JIT)"
    )
    clean = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    clean.pop("PYTEST_CURRENT_TEST", None)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.startswith("JIT ")


def compiled(rate, jit=False):
    layers = [keras.Input((8, 1)), keras.layers.GRU(4), keras.layers.Dropout(0.3)]
    model = keras.Sequential([*layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(rate), loss="mse", jit_compile=jit)
    return model


def trained(model, seed):
    restart(model, seed)
    model.fit(X, Y, epochs=3, batch_size=16, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("falling", [False, True])
def test_restart_begins_again(falling, jit):
    """The same seed gives the same weights, and a plain rate is not set to zero."""
    rate = keras.optimizers.schedules.CosineDecay(0.02, 12) if falling else 0.02
    model = compiled(rate, jit)
    first, other, again = (trained(model, seed) for seed in (1, 2, 1))
    for a, b in zip(first, again, strict=True):
        assert np.array_equal(a, b)
    assert any(not np.array_equal(a, b) for a, b in zip(first, other, strict=True))
    restart(model, 1)
    assert int(model.optimizer.iterations) == 0
    if not falling:
        assert float(model.optimizer.learning_rate) == pytest.approx(0.02)
    before = model.get_weights()
    model.fit(X, Y, epochs=1, verbose=0)
    assert any(
        not np.array_equal(a, b)
        for a, b in zip(before, model.get_weights(), strict=True)
    ), "it learns: the rate is not zero"


def test_restart_equals_a_fresh_model():
    fresh = compiled(0.02)
    keras.utils.set_random_seed(5)
    fresh = keras.models.clone_model(fresh)
    model = restart(compiled(0.02), 5)
    for a, b in zip(fresh.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(a, b)


def test_restart_of_a_model_that_is_not_compiled():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    assert restart(model, 3) is model


def test_progress_line(capsys):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    data = np.zeros((4, 1))
    model.fit(data, data, epochs=3, verbose=0, callbacks=[Progress("tiny")])
    assert "tiny: done · loss 0" in capsys.readouterr().out
    model.fit(data, data, epochs=3, verbose=0, callbacks=[Progress(None)])
    assert capsys.readouterr().out == ""


def test_progress_has_a_step_traced_once():
    """Optimizer variables that are made in the first step cost a second tracing."""
    traced = []

    def loss(y, said):
        traced.append(1)
        return keras.ops.mean((y - said) ** 2)

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("adam", loss)
    model.fit(np.zeros((4, 1)), np.zeros((4, 1)), verbose=0, callbacks=[Progress(None)])
    assert len(traced) == 1
