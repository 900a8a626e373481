"""Plumbing shared by the lessons; the subject of a lesson is never hidden here.

Importing this package quietens TensorFlow's start-up messages, which would otherwise
fill the first cell of every lesson. It must therefore come before TensorFlow.
"""

import logging
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only from level 2 upwards
# Lessons build many small models; TensorFlow warns that this is slow in general. A
# filter, because TensorFlow sets the level of its logger anew when it is imported.
logging.getLogger("tensorflow").addFilter(
    lambda record: "triggered tf.function retracing" not in record.getMessage()
)
