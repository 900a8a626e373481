"""Train what lessons ship in weights/: the lesson's own model, for longer.

    python -m tools.make_weights 43        # train anew: about twelve minutes on one core
    python -m tools.make_weights 62        # about forty minutes on two (tools.make_zero_shot)
    python -m tools.make_weights --check   # score the shipped weights, compare with the note

Without a lesson all are trained. Of lesson 43 stands here: text, alphabet, model and score
come from the ``light`` cells of notebooks/43_text_generation.ipynb, so they exist once. What
is added here is the recipe:

- 128 streams of the training text in pieces of 48 characters; the state is carried from
  piece to piece and reset once an epoch, when the text is rolled to another beginning;
- Adam, clipnorm 1; in each epoch the learning rate is set 16 times: it rises in the first
  steps, stays at 0.005, and falls to almost zero over the last epochs (DECAY);
- no dropout: drawing its masks doubled the time, and over these epochs the validation
  bits fell to the end.

After each epoch the validation plays are scored; the weights with the fewest bits are kept
as 16-bit numbers in weights/43_text_generation.npz, and beside it a note with versions,
the log of the training and the sha256. The test plays are not touched. Sums of floating
point numbers differ between machines, so training anew gives other weights that are about
as good, not the same bytes.
"""

import argparse
import hashlib
import io
import json
import sys
import time
from importlib import metadata

import keras
import numpy as np

from tools import make_zero_shot
from tools.files import check_writable, write_bytes, write_text
from tools.lessons import ROOT, chosen
from tools.results import light_namespace

TEXT, SERIES = "43_text_generation", "62_many_series"
EPOCHS, DECAY, PARTS = 9, 3, 16
BATCH, LENGTH, PEAK = 128, 48, 5e-3


def learning_rate(done):
    """The rate after so many epochs (a fraction): up, level, down."""
    return PEAK * min(1, 0.25 + 8 * done, max((EPOCHS - done) / DECAY, 0.01))


def keep(lesson, arrays, **facts):
    """Write arrays as weights/<lesson>.npz, and the note on them beside it."""
    path = ROOT / "weights" / f"{lesson}.npz"
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    write_bytes(path, file.getvalue())
    note = {"made_by": "python -m tools.make_weights"} | facts
    note |= {p: metadata.version(p) for p in ("keras", "numpy")}
    backend = keras.backend.backend()
    note[backend] = __import__(backend).__version__
    note["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    note["log"] = note.pop("log")
    write_text(path.with_suffix(".json"), json.dumps(note, indent=1) + "\n")


def train_text(lesson):
    """Train, score each epoch on the validation plays, keep the best weights."""
    codes = lesson["codes"]["training"]
    keras.utils.set_random_seed(0)
    model = lesson["build"](batch=BATCH, stateful=True)
    reader = lesson["build"]()
    model.compile(
        keras.optimizers.Adam(PEAK, clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=lesson["JIT"],
    )
    rng, log = np.random.default_rng(0), []
    rows = BATCH * ((len(codes) - 1) // (BATCH * LENGTH) // PARTS)
    for epoch in range(EPOCHS):
        rolled = np.roll(codes, -rng.integers(len(codes)))
        x, y = lesson["streams"](rolled, BATCH, LENGTH)
        lesson["reset"](model)
        for part in range(PARTS):
            model.optimizer.learning_rate = learning_rate(epoch + part / PARTS)
            here = slice(part * rows, (part + 1) * rows)
            model.fit(x[here], y[here], batch_size=BATCH, shuffle=False, verbose=0)
            done = epoch + (part + 1) / PARTS
            done = int(done) if done.is_integer() else done
            if done not in (1 / 8, 1 / 4, 1 / 2, 3 / 2) and done != int(done):
                continue
            reader.set_weights(model.get_weights())
            bits = lesson["surprise"](reader, lesson["codes"]["validation"]).mean()
            seconds = round(time.process_time(), 1)
            log.append(
                {"epochs": done, "seconds": seconds, "bits": round(float(bits), 4)}
            )
            print(log[-1], flush=True)
            if log[-1]["bits"] == min(row["bits"] for row in log):
                weights = model.get_weights()
                arrays = {f"w{i}": w.astype("float16") for i, w in enumerate(weights)}
                best = {"validation_bits": log[-1]["bits"], "cpu_seconds": seconds}
                keep(TEXT, arrays, epochs=done, **best, log=log)


def check_text(lesson):
    """Score the shipped weights; exit code 1 if the note says something else."""
    weights, note = lesson["shipped"]()
    reader = lesson["build"]()
    reader.set_weights(weights)
    bits = lesson["surprise"](reader, lesson["codes"]["validation"]).mean()
    print(f"validation {bits:.4f} bits, the note says {note['validation_bits']:.4f}")
    return int(abs(bits - note["validation_bits"]) > 0.003)


def train_series(lesson):
    """Train as `tools.make_zero_shot` says, and keep what comes out."""
    arrays, facts = make_zero_shot.train(lesson)
    keep(SERIES, arrays, **facts)


#: What is shipped, and who trains and checks it.
RECIPES = {
    TEXT: (train_text, check_text),
    SERIES: (train_series, make_zero_shot.check),
}


def main(arguments):
    """Train or check; returns the exit code."""
    parser = argparse.ArgumentParser(prog="make weights", description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("lessons", nargs="*", metavar="LESSON")
    asked = parser.parse_args(arguments)
    lessons = [x for x in chosen(asked.lessons) if x.name in RECIPES]
    if not lessons:
        parser.error(
            f"{' '.join(asked.lessons)}: only {', '.join(RECIPES)} ship weights."
        )
    failed = 0
    for lesson in lessons:
        train, check = RECIPES[lesson.name]
        if not asked.check:
            path = ROOT / "weights" / f"{lesson.name}.npz"
            check_writable(path, path.with_suffix(".json"))
        space = light_namespace(lesson)
        failed += check(space) if asked.check else train(space) or 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
