"""The student's own series: read it, climb the ladder, train the cells, judge, leave a page.

Run it on a file, without a notebook:

    python -m forecast my.csv [--repair sort fill] [--value sold] …

Lesson 29 calls the same functions, one module after the other: ``read`` (the file),
``plan`` (season, horizon, parts), ``ladder`` (simple methods), ``networks`` (the cells),
``verdict`` (who is better), ``bands`` (how sure) and ``page`` (what is left). Only
``networks`` imports TensorFlow, so a file that cannot be read is answered at once.
"""

import utils  # noqa: F401  (before NumPy, which it prepares)
