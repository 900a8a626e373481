"""The executed notebooks as the only commit of the branch `executed`, to read without running.

    python -m tools.executed FOLDER

FOLDER holds every lesson, executed (what `make test` leaves in build/run/notebooks). Neither
the working tree nor its branch changes. TOKEN in the environment is what a workflow may push
with; without it git asks as always. Needs git and the standard library only.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "executed"
README = """# The lessons, executed

Written over after every change of the branch `main`: read here, change there.

"""


def git(*words, env=None, text=None):
    """What git prints; its own message ends the command."""
    done = subprocess.run(
        ["git", *words], cwd=ROOT, env={**os.environ, **(env or {})}, input=text,
        check=True, stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    return done.stdout.strip()


def checked(folder):
    """The executed lessons of a folder.

    Raises:
        SystemExit: a lesson is missing, too many, not executed, or has stopped at an error.
    """
    found = sorted(folder.glob("*.ipynb"))
    lessons = sorted(x.name for x in (ROOT / "notebooks").glob("*.ipynb"))
    if [x.name for x in found] != lessons:
        other = sorted({x.name for x in found} ^ set(lessons))
        sys.exit(f"{folder} does not hold each lesson once: {', '.join(other)}")
    for path in found:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        outputs = [o for c in cells for o in c.get("outputs", [])]
        if not outputs:
            sys.exit(f"{path} was not executed: make test executes every lesson.")
        if any(o["output_type"] == "error" for o in outputs):
            sys.exit(f"{path} stopped at an error: it is not shown to readers.")
    return found


def commit(notebooks):
    """The id of a commit without parents that holds these notebooks and the licences."""
    files = {f"notebooks/{x.name}": x.read_text(encoding="utf-8") for x in notebooks}
    names = [f"- [{x.stem}](notebooks/{x.name})" for x in notebooks]
    files["README.md"] = README + "\n".join(names) + "\n"
    for name in ("LICENSE", "LICENSE-text.md"):
        files[name] = (ROOT / name).read_text(encoding="utf-8")
    who = {"NAME": "executed", "EMAIL": "executed@localhost"}
    env = {f"GIT_{x}_{k}": v for x in ("AUTHOR", "COMMITTER") for k, v in who.items()}
    with tempfile.TemporaryDirectory() as place:
        env["GIT_INDEX_FILE"] = str(Path(place) / "index")
        for name, text in files.items():
            blob = git("hash-object", "-w", "--stdin", text=text)
            entry = f"100644,{blob},{name}"
            git("update-index", "--add", "--cacheinfo", entry, env=env)
        tree = git("write-tree", env=env)
    message = f"The lessons of {git('rev-parse', '--short', 'HEAD')}, executed"
    return git("commit-tree", tree, "-m", message, env=env)


def main(folder):
    """Push the commit over the branch."""
    made, env = commit(checked(Path(folder).resolve())), {}
    if os.environ.get("TOKEN"):
        word = base64.b64encode(f"x-access-token:{os.environ['TOKEN']}".encode())
        env = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraheader",
            "GIT_CONFIG_VALUE_0": f"AUTHORIZATION: basic {word.decode()}",
        }
    git("push", "--quiet", "--force", "origin", f"{made}:refs/heads/{BRANCH}", env=env)
    print(f"The branch {BRANCH} is {made[:12]}.")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("make executed FROM=folder: the folder of the executed notebooks")
    main(sys.argv[1])
