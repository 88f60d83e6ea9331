import sys
from pathlib import Path

# The tools run as scripts: beside each other, and in no package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
