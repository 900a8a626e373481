"""How fast the course is, as ratios measured in one run, beside its goals.

    python -m tools.bench [workshop] [windows] [cells] [lessons]

workshop   lesson 21's final model against a plain reading of the same task: CPU seconds
           and MAE of the test part
windows    utils.windows against a Python loop and Keras' own data set
cells      seconds per epoch of each cell with and without XLA, and the share of this
           machine's matrix-product rate that they reach
lessons    seconds of each lesson and of the course (from `make measure`)

Exit code: how many goals were missed. Run it on a quiet machine.
"""

import json
import os
import subprocess
import sys
import time
import tracemalloc

import numpy as np

import utils  # noqa: F401  (keeps TensorFlow quiet)
from tools.lessons import RESULTS, ROOT, all_lessons, chosen
from tools.results import light_namespace

SEEDS = (0, 1, 2)
missed = []


def goal(text, reached):
    """Print a goal and whether it was reached."""
    print(f"  goal: {text}: {'reached' if reached else 'MISSED'}", flush=True)
    if not reached:
        missed.append(text)


def plain(space, seed):
    """The task as commonly published: GRU(50), window 50, batch 32, 20 epochs."""
    import keras

    values, test = space["values"], space["test"]
    low, high = values[: test.start].min(), values[: test.start].max()
    scaled = ((values - low) / (high - low)).astype("float32")
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [keras.Input((50, 1)), keras.layers.GRU(50), keras.layers.Dense(1)]
    )
    model.compile(optimizer="adam", loss="mse")
    x, y = space["make_windows"](scaled, 50, stop=test.start)
    model.fit(x, y, batch_size=32, epochs=20, verbose=0)
    x, _ = space["make_windows"](scaled, 50, start=test.start, stop=test.stop)
    guess = model.predict(x, batch_size=len(x), verbose=0)[:, 0]
    return space["mae"](values[test], guess * (high - low) + low)


def ours(space, seed):
    """The final model of lesson 21, as the lesson trains it."""
    return space["experiment"]("+ learns the change", "test", seed)["MAE"]


def one(model, seed):
    """One training in this fresh process: its CPU seconds (imports apart) and MAE."""
    space = light_namespace(chosen(["21"])[0])
    start = time.process_time()
    error = {"plain": plain, "ours": ours}[model](space, int(seed))
    print(json.dumps([time.process_time() - start, error]))


def workshop():
    """(a) Both models on three seeds, each training in a process of its own."""
    print("(a) sunspots, one month ahead, test part; each training in a fresh process")
    mean = {}
    for model in ("plain", "ours"):
        runs = []
        for seed in SEEDS:
            command = [sys.executable, "-m", "tools.bench", "one", model, str(seed)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                raise SystemExit(done.stderr)
            runs.append(json.loads(done.stdout.splitlines()[-1]))
        mean[model] = np.mean(runs, axis=0)
        errors = ", ".join(f"{error:.2f}" for _, error in runs)
        print(f"  {model:6s} {mean[model][0]:6.1f} CPU s   MAE {errors}", flush=True)
    ratio = mean["plain"][0] / mean["ours"][0]
    print(f"  {ratio:.1f} times fewer CPU seconds")
    goal("ten times fewer CPU seconds", ratio >= 10)
    goal("a lower error", mean["ours"][1] < mean["plain"][1])


def cost(make):
    """Best seconds of three, and extra memory in MB, of calling ``make``."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        made = make()
        seconds.append(time.perf_counter() - start)
        del made
    tracemalloc.start()
    kept = make()
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    del kept
    return min(seconds), memory


def windows():
    """(b) Making windows of 144 steps, until `fit` would copy a batch."""
    import keras

    from utils.windows import make_windows

    def loop(series, window):
        return np.array([series[i : i + window] for i in range(len(series) - window)])

    def dataset(series, window):
        make = keras.utils.timeseries_dataset_from_array
        return make(series[:-1], series[window:], window, batch_size=32)

    print("(b) windows of 144 steps: seconds, extra MB")
    print(
        f"  {'points':>10s} {'utils.windows':>20s} {'Python loop':>20s} {'Keras data set':>20s}"
    )
    ratio = None
    for points in (10**4, 10**5, 10**6, 10**7):
        series = np.random.default_rng(0).normal(size=points).astype("float32")
        found = []
        for make in (make_windows, loop, dataset):
            if make is loop and points > 10**6:
                found.append(None)  # 5.8 GB of copies
                continue
            found.append(cost(lambda make=make, series=series: make(series, 144)))
        cells = [f"{f[0]:.5f} s {f[1]:7.1f}" if f else "not tried" for f in found]
        print(f"  {points:10d} " + " ".join(f"{c:>20s}" for c in cells), flush=True)
        if points == 10**6:
            ratio = found[1][0] / found[0][0], found[1][1] / max(found[0][1], 0.001)
            lengths = [
                cost(lambda s=series, w=w: make_windows(s, w)) for w in (10, 100, 1000)
            ]
    text = ", ".join(
        f"{w}: {s:.5f} s {m:.2f} MB"
        for w, (s, m) in zip((10, 100, 1000), lengths, strict=True)
    )
    print(f"  10^6 points, window {text}")
    print(
        f"  the loop takes {ratio[0]:.0f} times the seconds and {ratio[1]:.0f} times the memory"
    )
    slowest, least = max(lengths)[0], min(lengths)[0]
    goal("time and memory do not grow with the window", slowest < 2 * least)
    goal("a hundred times less than the loop at 10^6, both", min(ratio) >= 100)


def cells():
    """(c) One epoch of 2560 windows of 50 steps, 50 units."""
    import keras
    import tensorflow as tf

    def rate(m, k, n, repeat=20):
        a, b = tf.random.normal((m, k)), tf.random.normal((k, n))
        product = tf.function(lambda: tf.reduce_sum(a @ b))
        product()
        start = time.perf_counter()
        for _ in range(repeat):
            product().numpy()
        return 2e-9 * m * k * n * repeat / (time.perf_counter() - start)

    top = rate(2048, 2048, 2048)
    print(
        f"(c) matrix product of 2048 × 2048: {top:.0f} GFLOP/s on {os.cpu_count()} cores"
    )
    print(
        f"  {'cell':10s} {'batch':>5s} {'default':>9s} {'XLA':>9s} {'ratio':>6s} "
        f"{'GFLOP/s':>8s} share"
    )
    x = np.random.default_rng(0).normal(size=(2560, 50, 1)).astype("float32")
    for cell, gates in (("SimpleRNN", 1), ("LSTM", 4), ("GRU", 3)):
        for batch in (32, 256):
            seconds = {}
            for xla in (False, True):
                keras.utils.set_random_seed(0)
                layer = getattr(keras.layers, cell)(50)
                model = keras.Sequential(
                    [keras.Input((50, 1)), layer, keras.layers.Dense(1)]
                )
                model.compile("adam", "mse", jit_compile=xla)
                model.fit(x, x[:, 0], batch_size=batch, verbose=0)  # compiles
                start = time.perf_counter()
                model.fit(x, x[:, 0], batch_size=batch, epochs=3, verbose=0)
                seconds[xla] = (time.perf_counter() - start) / 3
            work = (
                3 * 2 * 2560 * 50 * gates * 50 * (50 + 1) / 1e9
            )  # forward and backward
            best = work / min(seconds.values())
            print(
                f"  {cell:10s} {batch:5d} {seconds[False]:7.2f} s {seconds[True]:7.2f} s "
                f"{seconds[False] / seconds[True]:6.1f} {best:8.1f} {best / top:5.1%}",
                flush=True,
            )


def lessons():
    """(d) What each lesson took, as `make measure` noted it."""
    path = RESULTS / "minutes.json"
    known = json.loads(path.read_text()) if path.is_file() else {}
    print("(d) seconds of each lesson, as `make measure` noted them")
    total = 0
    for lesson in all_lessons():
        took = known.get(lesson.name)
        total += took["wall"] if took else float("nan")
        shown = (
            f"{took['wall']:6.1f} s on {took['cores']} cores"
            if took
            else "not measured"
        )
        print(f"  {lesson.name:28s} {shown}")
    print(f"  one after another: {total / 60:.1f} minutes")
    goal("all lessons one after another under 20 minutes", total < 20 * 60)


PARTS = {f.__name__: f for f in (workshop, windows, cells, lessons)}


def main(arguments):
    """Run the named parts (all if none); returns how many goals were missed."""
    if arguments[:1] == ["one"]:
        one(*arguments[1:])
        return 0
    unknown = [name for name in arguments if name not in PARTS]
    if unknown:
        raise SystemExit(f"{unknown[0]!r} is none of {', '.join(PARTS)}.")
    for name in arguments or PARTS:
        PARTS[name]()
        print()
    return len(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
