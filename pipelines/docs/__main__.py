"""``python -m pipelines.docs [--check]``."""

import sys

from pipelines.docs.pages import main

if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
