"""Plumbing shared by the lessons; the subject of a lesson is never hidden here.

Importing this package settles what must be settled before NumPy, Keras and TensorFlow are
imported, and changes nothing else: that Keras runs on TensorFlow and trains as long as it is
told to, that NumPy's cores do not wait for each other, and that TensorFlow's start-up
messages do not fill the first cell of every lesson.
"""

import logging
import os
import sys


def _settle_keras():
    """Keras on TensorFlow, trained as long as it is told to, whatever the environment says."""
    keras = sys.modules.get("keras")
    if keras and keras.backend.backend() != "tensorflow":
        raise RuntimeError(
            f"Keras has been imported in this kernel and runs on {keras.backend.backend()}; "
            "the course needs TensorFlow. Restart the kernel and run this cell first."
        )
    for name in ("KERAS_BACKEND", "KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        found = os.environ.pop(name, "tensorflow")
        if found != "tensorflow":
            print(f"No effect in this kernel: the environment's {name}={found}.")
    os.environ["KERAS_BACKEND"] = "tensorflow"


_settle_keras()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only from level 2 upwards
# On some processors only, TensorFlow would switch to oneDNN: other last digits there, and
# two lines on stderr that no log level hides.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Read by NumPy when it is imported: its small matrices take longer on two cores that wait for
# each other than on one. (TensorFlow has threads of its own.)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Lessons build many small models; TensorFlow warns that this is slow in general. A
# filter, because TensorFlow sets the level of its logger anew when it is imported.
logging.getLogger("tensorflow").addFilter(
    lambda record: "triggered tf.function retracing" not in record.getMessage()
)
