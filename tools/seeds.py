"""Which claims hold on ten other seeds?

    python -m tools.seeds [LESSON ...]

Each run is kept in build/seeds, under the hash of the lesson's code: the command takes up
where it was stopped, and a lesson whose code has changed is run again. The table is
written to docs/claims.md.
"""

import argparse
import hashlib
import json
import re
import sys

from tools.files import check_writable, write_text
from tools.lessons import (
    BUILD,
    GUARDED,
    ONE_THREAD,
    ROOT,
    all_lessons,
    chosen,
    execute,
    side_by_side,
    tags,
)

SEEDS = range(100, 1001, 100)
TABLE = ROOT / "docs" / "claims.md"


def claim_of(cell):
    """A claim cell begins with a comment that states the claim."""
    return cell.source.splitlines()[0].lstrip("# ").removeprefix("Claim: ")


def failed(error):
    """An error as one line: what was raised, and the line of the cell that raised it."""
    trace = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(error.traceback))
    arrows = re.findall(r"(?m)^-+> *\d+ (.*)", trace)
    return f"{error.ename}: {error.evalue}" + "".join(
        f" ← {x.strip()}" for x in arrows[:1]
    )


def kept(lesson, seed):
    """Where a run is kept: the name holds the hash of the code that claims can depend on.

    Set-up is the same everywhere; a check computes nothing before there is an answer.
    """
    other = {"bootstrap", "exercise", "check"}
    cells = [c for c in lesson.read().cells if c.cell_type == "code"]
    code = "\n".join(c.source for c in cells if not other & set(tags(c)))
    key = hashlib.sha256(code.encode()).hexdigest()[:12]
    return BUILD / "seeds" / f"{lesson.name}-{key}-{seed}.json"


def run(lesson, seed):
    """Which claims of a lesson hold on one seed: {claim: None or the error}."""
    path = kept(lesson, seed)
    if path.is_file():
        return json.loads(path.read_text(encoding="utf-8"))
    environment = {**ONE_THREAD, **GUARDED, "COURSE_SEED": str(seed)}
    notebook, wall, _ = execute(lesson.path, environment, allow_errors=True)
    held = {}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        errors = [failed(o) for o in cell.outputs if o.output_type == "error"]
        if "claim" in tags(cell):
            held[claim_of(cell)] = errors[0] if errors else None
        elif errors:
            held[f"(cell {number} runs)"] = errors[0]
    write_text(path, json.dumps(held, indent=1, ensure_ascii=False))
    print(f"{lesson.name} seed {seed}: {wall:.0f} s", flush=True)
    return held


def known(lesson):
    """The results of all ten seeds, if every one was run."""
    paths = [kept(lesson, seed) for seed in SEEDS]
    return (
        [json.loads(p.read_text(encoding="utf-8")) for p in paths]
        if all(p.is_file() for p in paths)
        else []
    )


def frequencies(runs):
    """For each claim, on how many runs it held, and the errors of the others."""
    claims = dict.fromkeys(claim for held in runs for claim in held)
    return {
        claim: (
            sum(claim in held and held[claim] is None for held in runs),
            [held[claim] for held in runs if held.get(claim)],
        )
        for claim in claims
    }


def section(lesson):
    """The part of docs/claims.md on a lesson; None: there is none, or on other claims."""
    if not TABLE.is_file():
        return None
    parts = TABLE.read_text(encoding="utf-8").split("\n## ")
    found = next((p for p in parts if p.startswith(lesson.name + "\n")), None)
    told = set(re.findall(r"(?m)^\| (.*) \| \d+ of \d+ \|$", found or ""))
    claims = {claim_of(c) for c in lesson.read().cells if "claim" in tags(c)}
    return found if claims and claims <= told else None


def main(arguments):
    """Run, print and write; returns how many claims did not hold on every seed."""
    parser = argparse.ArgumentParser(prog="make seeds", description=__doc__)
    parser.add_argument("lessons", nargs="*")
    lessons = chosen(parser.parse_intermixed_args(arguments).lessons)
    check_writable(TABLE, BUILD / "seeds" / "any")
    jobs = [(lesson, seed) for lesson in lessons for seed in SEEDS]
    side_by_side(lambda job: run(*job), jobs)  # two kernels, one thread each
    weak, sections = 0, []
    for lesson in all_lessons():
        runs = known(lesson)
        if not runs:  # not run in this folder: keep what is known of the same claims
            before = section(lesson)
            sections += [before.rstrip()] if before else []
            continue
        lines = [lesson.name, "", "| claim | held |", "|---|---|"]
        for claim, (held, errors) in frequencies(runs).items():
            lines.append(f"| {claim} | {held} of {len(runs)} |")
            if held < len(runs):
                weak += 1
                print(f"{lesson.name}: {held} of {len(runs)}: {claim}\n    {errors[0]}")
        sections.append("\n".join(lines))
    head = (
        "# Claims on ten seeds\n\nHow often each lesson's claims held on the seeds "
        f"{SEEDS[0]}, {SEEDS[1]}, … {SEEDS[-1]} (written by `make seeds`)."
    )
    write_text(TABLE, "\n\n## ".join([head, *sections]) + "\n")
    print(
        f"{TABLE.relative_to(ROOT)} written; {weak} claims did not hold on every seed."
    )
    return weak


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
