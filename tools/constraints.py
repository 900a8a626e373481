"""Pin every package at both ends of requirements.txt, and as Colab has them.

    python -m tools.constraints

Writes constraints/oldest.txt, newest.txt and colab.txt: one version of each package, with
markers where another Python or system needs another, for Python 3.10 to 3.13 on every
system. `make lab CONSTRAINTS=constraints/newest.txt` installs exactly these.
"""

import subprocess
import sys
from pathlib import Path

from tools.files import check_writable, write_text
from tools.lessons import ROOT

FOLDER = ROOT / "constraints"
#: From what, on which lowest Python, and how each file is made.
MADE = {
    "oldest": ("requirements.txt", "3.10", "lowest-direct"),
    "newest": ("requirements.txt", "3.10", "highest"),
    "colab": ("constraints/colab.in", "3.13", "highest"),
}


def pins(name):
    """The text of one file: a pin a line, in the alphabet's order."""
    source, python, resolution = MADE[name]
    uv = str(Path(sys.executable).with_name("uv"))
    made = subprocess.run(
        [uv, "pip", "compile", "--quiet", "--universal", "--no-annotate", "--no-header",
         "--python-version", python, "--resolution", resolution, source],
        cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout  # fmt: skip
    return f"# Made by `make constraints` from {source}: {resolution} versions.\n{made}"


def main():
    """Write all three files, or none."""
    check_writable(*(FOLDER / f"{name}.txt" for name in MADE))
    texts = {name: pins(name) for name in MADE}
    for name, text in texts.items():
        write_text(FOLDER / f"{name}.txt", text)
        print(f"constraints/{name}.txt: {text.count('==')} pins")


if __name__ == "__main__":
    main()
