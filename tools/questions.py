"""The three questions that open a lesson, and the five lines that close it.

A question has three answers in plain HTML, which works in Jupyter, in Colab, on the site and
on slides without a script: a click opens the answer, and it says why it is right or what it
overlooks. ``faults`` says what is wrong with the form.
"""

import html
import re

INTRO = "Three questions on what came before. Choose an answer: it opens and says why."
ASKED = re.compile(r"\*\*([123])\. (\S.*)\*\*")
ANSWER = re.compile(r"<details><summary>(\S.*?)</summary>(\S.*?)</details>")
RIGHT, WRONG = "Right.", "Not quite."
#: Words that an answer may have, and those that a reason must have.
LONGEST, REASON = 14, 5
REMEMBER = "## What to remember"
NEXT = "## Where to go next"
#: Markdown and formulas: inside HTML they are shown as they are typed, somewhere at least.
RAW = re.compile(r"`|\*\*|\]\(|\$")


def words(text):
    """Words of a text without its tags."""
    return html.unescape(re.sub(r"<[^>]*>", " ", text)).split()


def questions(source):
    """What a cell asks.

    Args:
        source: the text of the cell.

    Returns:
        list: for each question its text and its answers, each as (answer, reason). What
        is not in the form is left out; ``faults`` names it.
    """
    found = []
    for line in source.splitlines():
        if asked := ASKED.fullmatch(line):
            found.append((asked[2], []))
        elif found and (answer := ANSWER.fullmatch(line)):
            found[-1][1].append(answer.groups())
    return found


def right(reason):
    """True for the reason of the right answer."""
    return reason.startswith(RIGHT)


def question_faults(source):
    """What is wrong with the form of the cell that asks: a sentence for each fault."""
    found, asked = [], questions(source)
    lines = [line for line in source.splitlines() if line.strip()]
    if lines[:1] != [INTRO]:
        found.append(f"the first line of the questions is not {INTRO!r}")
    for line in lines[1:]:
        if not (ASKED.fullmatch(line) or ANSWER.fullmatch(line)):
            found.append(
                f"neither '**1. …?**' nor an answer on one line: {line[:70]!r}"
            )
    if [line[2] for line in lines if ASKED.fullmatch(line)] != ["1", "2", "3"]:
        found.append(f"{len(asked)} questions in the form '**1. …?**', not 1, 2 and 3")
    places, reasons = [], []
    for number, (_, answers) in enumerate(asked, 1):
        if len(answers) != 3:
            found.append(f"question {number} has {len(answers)} answers, not 3")
        places.append([n for n, (_, reason) in enumerate(answers) if right(reason)])
        if len(places[-1]) != 1:
            found.append(
                f"question {number} has {len(places[-1])} right answers, not 1"
            )
        if len({tuple(words(answer)) for answer, _ in answers}) < len(answers):
            found.append(f"question {number} has two answers that are alike")
        for answer, reason in answers:
            where = f"question {number}, answer {answer!r}"
            if len(words(answer)) > LONGEST:
                found.append(
                    f"{where}: {len(words(answer))} words, more than {LONGEST}"
                )
            if not reason.startswith((f"{RIGHT} ", f"{WRONG} ")):
                found.append(f"{where} begins with neither {RIGHT!r} nor {WRONG!r}")
            why = words(reason.removeprefix(RIGHT).removeprefix(WRONG))
            if len(why) < REASON:
                found.append(f"{where}: fewer than {REASON} words say why")
            if RAW.search(answer + reason):
                found.append(f"{where}: Markdown inside HTML is shown as typed")
            reasons.append(" ".join(why).lower())
    if len(asked) == 3 and places == [places[0]] * 3:
        found.append("the right answer stands in the same place three times")
    if len(set(reasons)) < len(reasons):
        found.append("two answers have the same reason")
    return found


def remember_faults(notebook):
    """What is wrong with "What to remember": a sentence for each fault."""
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    heads = [text.split("\n", 1)[0].strip() for text in texts]
    if heads.count(REMEMBER) != 1 or heads.count(NEXT) != 1:
        return [f"not one cell that begins with {REMEMBER!r} and one with {NEXT!r}"]
    found, place = [], heads.index(REMEMBER)
    if place > heads.index(NEXT):
        found.append(f"{REMEMBER!r} stands after {NEXT!r}")
    lines = [line for line in texts[place].splitlines()[1:] if line.strip()]
    numbers = [re.match(r"(\d)\. \S", line) for line in lines]
    if [n and n[1] for n in numbers] != list("12345"):
        found.append(f"{REMEMBER!r} is not five lines, 1. to 5., and nothing else")
    return found


def faults(notebook, first=False):
    """What is wrong with the questions and with what to remember: a sentence for each fault.

    Args:
        notebook: the lesson.
        first: True for the lesson that has nothing before it and asks nothing.
    """
    asking = [n for n, c in enumerate(notebook.cells) if c.source.startswith(INTRO)]
    found = remember_faults(notebook)
    if asking != ([] if first else [1]):
        wanted = "no cell" if first else "the second cell, and no other,"
        return [*found, f"{wanted} should begin with {INTRO!r}"]
    return found + [
        y for n in asking for y in question_faults(notebook.cells[n].source)
    ]
