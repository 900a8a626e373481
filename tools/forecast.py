"""The main job without a browser: run a workshop and print its score table."""

import sys

from tools.lessons import NOTEBOOKS, execute, printed, tags

LESSON = "21_sunspots"


def main():
    """Execute the sunspot workshop and print the cells tagged ``scores``."""
    print(f"Running notebooks/{LESSON}.ipynb …", flush=True)
    notebook, wall, _ = execute(NOTEBOOKS / f"{LESSON}.ipynb")
    tables = [printed(cell) for cell in notebook.cells if "scores" in tags(cell)]
    if not tables:
        sys.exit(f"{LESSON} has no cell tagged 'scores'.")
    print("\n\n".join(table.strip() for table in tables))
    print(f"\nDone in {wall:.0f} s. Read how: make lab")


if __name__ == "__main__":
    main()
