"""CIFAR-10 and the English corpus as arrays, from the data folder, with a validation split taken from train."""

import lzma
from pathlib import Path

import numpy as np
from PIL import Image

SPLIT_SEED = 1
VALIDATION_IMAGES = 2000
MEAN = (0.4914, 0.4822, 0.4465)
STD = (0.2470, 0.2435, 0.2616)

# Of every TEXT_PERIOD bytes of the training text the last TEXT_KEPT_BACK are for validation.
TEXT_PERIOD = 200_000
TEXT_KEPT_BACK = 4_096


def load_cifar(folder: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Images uint8 [n, 32, 32, 3] and labels uint8 [n]; split "train" (50,000) or "test" (10,000).

    A sheet holds 100 x 100 tiles of 32 x 32 pixels in row order.
    """
    root = folder / "cifar10"
    names = ["test.png"] if split == "test" else [f"train_{i}.jpg" for i in range(1, 6)]
    sheets = []
    Image.MAX_IMAGE_PIXELS = None
    for name in names:
        sheet = np.asarray(Image.open(root / name).convert("RGB")).reshape(100, 32, 100, 32, 3)
        sheets.append(sheet.transpose(0, 2, 1, 3, 4).reshape(10_000, 32, 32, 3))
    return np.concatenate(sheets), np.fromfile(root / f"{split}_labels.u8", np.uint8)


def label_names(folder: Path) -> list[str]:
    return (folder / "cifar10" / "labels.txt").read_text().split()


def split_train(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Indices (train, validation) of the training images; the same for every run."""
    order = np.random.default_rng(SPLIT_SEED).permutation(count)
    return order[VALIDATION_IMAGES:], order[:VALIDATION_IMAGES]


def normalise(images: np.ndarray) -> np.ndarray:
    """uint8 [n, h, w, 3] to float32 [n, 3, h, w]: value / 255, minus MEAN, over STD."""
    scaled = (images.astype(np.float32) / 255 - np.float32(MEAN)) / np.float32(STD)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def load_text(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The training corpus as uint8, split into (train, validation)."""
    with lzma.open(folder / "text" / "corpus" / "train.txt.xz") as file:
        data = np.frombuffer(file.read(), np.uint8)
    kept_back = np.arange(len(data)) % TEXT_PERIOD >= TEXT_PERIOD - TEXT_KEPT_BACK
    return data[~kept_back], data[kept_back]


def load_heldout(folder: Path) -> bytes:
    return (folder / "text" / "corpus" / "heldout.txt").read_bytes()
