"""Plumbing shared by the lessons; the subject of a lesson is never hidden here.

Importing this package quietens TensorFlow's start-up messages, which would otherwise
fill the first cell of every lesson. It must therefore come before TensorFlow.
"""

import logging
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only from level 2 upwards
# On some processors only, TensorFlow would switch to oneDNN: other last digits there, and
# two lines on stderr that no log level hides.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Lessons build many small models; TensorFlow warns that this is slow in general. A
# filter, because TensorFlow sets the level of its logger anew when it is imported.
logging.getLogger("tensorflow").addFilter(
    lambda record: "triggered tf.function retracing" not in record.getMessage()
)
