"""The course for a class: without solutions, with them executed, for nbgrader, as slides.

    python -m tools.editions student FOLDER [LESSON ...]
    python -m tools.editions instructor FOLDER [LESSON ...]
    python -m tools.editions nbgrader FOLDER [LESSON ...]
    python -m tools.editions slides FOLDER [--from FOLDER] [LESSON ...]

student      what a student needs and nothing else: lessons, utils, data, tables,
             licences, a README, and of the commands `make lab` and `make forecast`.
instructor   the same; each lesson holds its solutions and their reasons and is executed,
             every check "right", as a notebook and as a page that asks no host for anything.
nbgrader     a course for nbgrader: one self-contained assignment for each lesson.
slides       each lesson as slides, executed (which cells: tools/slides.py): one page each,
             reveal.js inside. ``--from`` takes executed notebooks, such as `make test`
             leaves in build/run/notebooks, instead of executing.

Two runs write the same files, apart from seconds that a lesson itself measures, and no file
names the machine. The folder must be new or empty, and appears when all of it is written.

One file for each: handout.py, instructor.py, grading.py (with what it puts beside the
assignments, in nbgrader/), decks.py; what they share: lesson.py (a lesson as handed out, its
solutions), run.py (executing, and cleaning what ran), pages.py (HTML), folder.py (OUT).
"""
