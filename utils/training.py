"""What training needs beside Keras: the XLA switch, one progress line, a fresh start.

Importing this module imports TensorFlow; with TensorFlow 2.20 it also compiles one
addition (see `_compile_unseen`).
"""

import os
import time

import keras
import tensorflow as tf
from IPython.display import HTML, display

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
        name: what the line calls the model; None: nothing is shown.
        every: seconds between two updates of the line.
    """

    def __init__(self, name="model", every=0.5):
        super().__init__()
        self.name, self.every = name, every

    def on_train_begin(self, logs=None):
        if self.model.built and not self.model.optimizer.built:
            # variables that are made in the first step have that traced twice: seconds
            self.model.optimizer.build(self.model.trainable_variables)
        self._start = self._shown = time.perf_counter()
        if self.name is not None:
            self._line = display(HTML(f"{self.name}: compiling …"), display_id=True)

    def on_epoch_end(self, epoch, logs=None):
        now = time.perf_counter()
        if now - self._shown >= self.every:
            self._shown = now
            self._show(f"epoch {epoch + 1} of {self.params['epochs']}", logs)

    def on_train_end(self, logs=None):
        self._show("done", logs)

    def _show(self, state, logs):
        if self.name is None:
            return
        scores = " · ".join(f"{key} {value:.4g}" for key, value in (logs or {}).items())
        seconds = time.perf_counter() - self._start
        text = f"{self.name}: {state} · {scores} · {seconds:.0f} s"
        # in plain Python, without a notebook, there is no line to update
        print(text) if self._line is None else self._line.update(HTML(text))


def restart(model, seed):
    """Fresh weights from a seed; the optimizer as before its first step, its rate kept.

    A compiled model is trained again without compiling it again. (Setting *all* variables
    of an optimizer to zero would also set a plain learning rate to zero, silently.)

    Args:
        model: a Keras model; compiled or not.
        seed: a whole number (taken modulo 2³²): of the weights, and of what is random in
            the training that follows.

    Returns:
        keras.Model: the model itself.
    """
    keras.utils.set_random_seed(seed % 2**32)
    fresh = keras.models.clone_model(model)
    for old, new in zip(model.variables, fresh.variables, strict=True):
        old.assign(new)
    optimizer = getattr(model, "optimizer", None)
    for variable in optimizer.variables if optimizer else ():
        if variable.name != "learning_rate":
            variable.assign(keras.ops.zeros_like(variable))
    return model
