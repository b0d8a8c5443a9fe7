"""Masked texts as Hugging Face's Perceiver tokenizer has them: [CLS] bytes [SEP], then padding."""

from dataclasses import dataclass

import numpy as np

BYTE_OFFSET = 6
PAD, MASK, CLS, SEP = 0, 3, 4, 5
LENGTH = 512
MAX_BYTES = LENGTH - 2
RATE = 0.15
SPACE = 32


@dataclass
class TextBatch:
    """ids I64 [B, T]; attend bool [B, T]; positions I64 [B, K] of masked tokens; targets I64 [B, K] token ids;
    weights F32 [B, K], zero where a row has fewer than K masks."""

    ids: np.ndarray
    attend: np.ndarray
    positions: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


def make_batch(texts: list[np.ndarray], masked: list[np.ndarray], length: int | None = None) -> TextBatch:
    """texts: byte arrays of at most 510; masked: byte offsets in each; length: row length T (default: the longest)."""
    rows = len(texts)
    length = length or max(len(t) for t in texts) + 2
    most = max(len(m) for m in masked)
    ids = np.full((rows, length), PAD, np.int64)
    attend = np.zeros((rows, length), bool)
    positions, targets = np.zeros((2, rows, most), np.int64)
    weights = np.zeros((rows, most), np.float32)
    for i, (text, offsets) in enumerate(zip(texts, masked, strict=True)):
        n, k = len(text), len(offsets)
        ids[i, 0], ids[i, 1 : n + 1], ids[i, n + 1] = CLS, text.astype(np.int64) + BYTE_OFFSET, SEP
        attend[i, : n + 2] = True
        positions[i, :k] = offsets + 1
        targets[i, :k] = text[offsets].astype(np.int64) + BYTE_OFFSET
        weights[i, :k] = 1
        ids[i, offsets + 1] = MASK
    return TextBatch(ids, attend, positions, targets, weights)


def random_mask(rng: np.random.Generator, length: int, rate: float = RATE) -> np.ndarray:
    """Offsets of round(rate * length) bytes, at least one, without repetition, ascending."""
    return np.sort(rng.choice(length, max(1, round(rate * length)), replace=False))


def span_mask(rng: np.random.Generator, text: np.ndarray) -> np.ndarray:
    """Offsets of spans of 2 to 6 bytes, about RATE of the text; every second span is a whole word of that size."""
    wanted, chosen = max(2, round(RATE * len(text))), np.zeros(len(text), bool)
    breaks = np.flatnonzero(text <= SPACE)
    for attempt in range(4 * wanted):
        if chosen.sum() >= wanted:
            break
        if attempt % 2 and len(breaks) > 1:
            i = rng.integers(len(breaks) - 1)
            start, end = breaks[i] + 1, breaks[i + 1]
            if not 1 <= end - start <= 6:
                continue
        else:
            start = rng.integers(len(text))
            end = min(start + rng.integers(2, 7), len(text))
        chosen[start:end] = True
    offsets = np.flatnonzero(chosen)
    return offsets if len(offsets) else random_mask(rng, len(text))


def draw_window(rng: np.random.Generator, data: np.ndarray, full_share: float) -> np.ndarray:
    """A window of the corpus: full length with `full_share`, otherwise log-uniform from 16 bytes.

    Half of the shorter ones begin at a line or sentence, as typed text does.
    """
    if rng.random() < full_share:
        start = rng.integers(len(data) - MAX_BYTES)
        return data[start : start + MAX_BYTES]
    length = int(np.exp(rng.uniform(np.log(16), np.log(MAX_BYTES + 1))))
    start = int(rng.integers(len(data) - 3 * LENGTH))
    if rng.random() < 0.5:
        near = data[start : start + LENGTH]
        ends = np.flatnonzero((near[:-1] == 10) | ((near[:-1] == SPACE) & np.isin(np.roll(near, 1)[:-1], (46, 63, 33))))
        if len(ends):
            start += int(ends[0]) + 1
    return data[start : start + length]
