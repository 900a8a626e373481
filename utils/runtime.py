"""The machine under the lesson: the XLA switch, one progress line, versions."""

import os
import time
from importlib import metadata
from pathlib import Path

import keras
import tensorflow as tf
from IPython.display import HTML, display
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent

#: Pass it to every ``model.compile(..., jit_compile=JIT)``. XLA makes long training
#: on a CPU 1.2 to 4 times cheaper; on a GPU the recurrent layers use a cuDNN kernel
#: that XLA cannot take, so there it stays off.
JIT = not tf.config.list_physical_devices("GPU")


def _compile_unseen():
    """Compile something with XLA while stderr leads nowhere.

    TensorFlow 2.20 says once in each process that it has used XLA. No log level hides these
    two red lines, so they are spent here and not in the first training of a lesson.
    """
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        tf.function(lambda: tf.constant(0.0) + 1.0, jit_compile=True)()
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


if JIT and tf.__version__.startswith("2.20."):
    _compile_unseen()


class Progress(keras.callbacks.Callback):
    """One line that follows ``fit`` in place, and survives export to a static page.

    Use it as ``model.fit(..., verbose=0, callbacks=[Progress("GRU")])``.

    Args:
        name: what the line calls the model.
        every: seconds between two updates of the line.
    """

    def __init__(self, name="model", every=0.5):
        super().__init__()
        self.name, self.every = name, every

    def on_train_begin(self, logs=None):
        self._start = self._shown = time.perf_counter()
        self._line = display(HTML(f"{self.name}: compiling …"), display_id=True)

    def on_epoch_end(self, epoch, logs=None):
        now = time.perf_counter()
        last = epoch + 1 == self.params["epochs"]
        if last or now - self._shown >= self.every:
            self._shown = now
            self._show(f"epoch {epoch + 1} of {self.params['epochs']}", logs)

    def on_train_end(self, logs=None):
        self._show("done", logs)

    def _show(self, state, logs):
        scores = " · ".join(f"{key} {value:.4g}" for key, value in (logs or {}).items())
        seconds = time.perf_counter() - self._start
        text = f"{self.name}: {state} · {scores} · {seconds:.0f} s"
        if self._line is None:  # plain Python, no notebook
            print(text)
        else:
            self._line.update(HTML(text))


def _installed(name):
    names = [name, f"{name}-cpu"] if name == "tensorflow" else [name]
    for candidate in names:
        try:
            return metadata.version(candidate)
        except metadata.PackageNotFoundError:
            continue
    return None


def environment_report(requirements=ROOT / "requirements.txt"):
    """Print each package of ``requirements.txt`` beside the range the course is tested on.

    Args:
        requirements: path of the file with the ranges.

    Returns:
        bool: True when every package is present and inside its range.
    """
    fine, seen = True, set()
    for line in Path(requirements).read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        need = Requirement(line)
        name = need.name.removesuffix("-cpu")
        if name in seen or (need.marker and not need.marker.evaluate()):
            continue
        seen.add(name)
        version = _installed(name)
        good = version is not None and need.specifier.contains(
            version, prereleases=True
        )
        fine &= good
        verdict = (
            "ok"
            if good
            else f"out of range, the course is tested with {need.specifier}"
        )
        if version is None:
            version, verdict = "missing", f"install {need}"
        print(f"{name:14s} {version:10s} {verdict}")
    cores = os.cpu_count()
    print(
        f"{'device':14s} {'CPU' if JIT else 'GPU':10s} {cores} cores · XLA {'on' if JIT else 'off'}"
    )
    if not fine:
        print(
            "Run `make lab` in the repository's folder, or `pip install -r requirements.txt`."
        )
    return fine
