"""Write `heldout-masks.json`, the masked windows over held-out text that Python and TypeScript both evaluate.

`python -m training.masks` makes the committed file again, byte for byte. Format: README.md in this folder.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

import numpy as np

from .data import load_heldout
from .text_batches import MAX_BYTES, RATE, random_mask
from .train import DEFAULT_DATA

SEED = 11
DEFAULT_FILE = Path(__file__).with_name("heldout-masks.json")
# name, bytes per window, number of windows
RANDOM_SETS = (("full", MAX_BYTES, 600), ("128", 128, 800), ("64", 64, 1500), ("32", 32, 2000))
WORD_WINDOWS = 600
WORD = re.compile(rb"(?<=[ \n])[A-Za-z]{1,6}(?=[ \n.,;:!?])")


def valid_offset(text: bytes, start: int, length: int) -> int:
    """The first offset from `start` whose window of `length` bytes is whole UTF-8."""
    while True:
        try:
            text[start : start + length].decode("utf-8")
            return start
        except UnicodeDecodeError:
            start += 1


def windows(text: bytes, length: int, count: int) -> list[int]:
    """Offsets of `count` windows spread evenly over the text."""
    return [valid_offset(text, int(s), length) for s in np.linspace(0, len(text) - length - 8, count)]


def make(text: bytes) -> dict:
    """The content of the file for held-out text `text`."""
    rng = np.random.default_rng(SEED)
    sets = []
    for name, length, count in RANDOM_SETS:
        rows = [[offset, length, random_mask(rng, length).tolist()] for offset in windows(text, length, count)]
        sets.append({"name": name, "kind": "random", "length": length, "windows": rows})
    rows = []
    for offset in windows(text, MAX_BYTES, WORD_WINDOWS):
        words = [m for m in WORD.finditer(text[offset : offset + MAX_BYTES])]
        if words:
            word = words[rng.integers(len(words))]
            rows.append([offset, MAX_BYTES, list(range(word.start(), word.end()))])
    sets.append({"name": "words", "kind": "word", "length": MAX_BYTES, "windows": rows})
    return {
        "format": 1, "source": "text/corpus/heldout.txt", "bytes": len(text),
        "sha256": hashlib.sha256(text).hexdigest(), "rate": RATE, "seed": SEED, "sets": sets,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--out", type=Path, default=DEFAULT_FILE)
    args = parser.parse_args()
    content = make(load_heldout(args.data))
    # One set a line keeps the file small and its changes readable.
    sets = ",\n".join(json.dumps(s, separators=(",", ":")) for s in content.pop("sets"))
    head = json.dumps(content, separators=(",", ":"))[:-1]
    args.out.write_text(f'{head},"sets":[\n{sets}\n]}}\n')
    print(f"wrote {args.out}")


if __name__ == "__main__":
    main()
