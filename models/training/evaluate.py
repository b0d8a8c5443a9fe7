"""Measure an exported model on the held-out files: `python -m training.evaluate text-mlm [--write]`.

Reads the fp16 file as the app does and computes in float32. `--write` puts the figures into the model's card.json.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from . import data, text_batches
from .cards import write_readme
from .export import DEFAULT_ZOO, write_json
from .heads import ImageFourierClassifier, TextMaskedLM
from .masks import DEFAULT_FILE
from .perceiver import PerceiverConfig
from .tasks import TASKS, TextTask
from .train import DEFAULT_DATA

HEADS = {"PerceiverForImageClassificationFourier": ImageFourierClassifier, "PerceiverForMaskedLM": TextMaskedLM}


def load_model(folder: Path) -> nn.Module:
    """The model of an exported folder, weights widened to float32, every tensor accounted for."""
    config = PerceiverConfig.from_json(json.loads((folder / "config.json").read_text()))
    model = HEADS[config.architectures[0]](config)
    model.load_state_dict({key: value.float() for key, value in load_file(folder / "model.safetensors").items()})
    return model.eval()


def percent(share: float) -> float:
    return round(100 * share, 2)


@torch.no_grad()
def evaluate_images(model: ImageFourierClassifier, folder: Path, batch: int = 100) -> dict:
    """Top-1 in percent on the 10,000 test images."""
    images, labels = data.load_cifar(folder, "test")
    right = 0
    for start in range(0, len(images), batch):
        part = torch.from_numpy(data.normalise(images[start : start + batch]))
        right += int((model(part).argmax(-1).numpy() == labels[start : start + batch]).sum())
    return {"top1": percent(right / len(images)), "correct": right, "images": len(images)}


@torch.no_grad()
def evaluate_set(model: TextMaskedLM, text: np.ndarray, one: dict, batch: int = 16) -> dict:
    """Figures of one set of `heldout-masks.json`, over the 256 byte values."""
    first = within = masks = exact = whole = 0
    rows = one["windows"]
    for start in range(0, len(rows), batch):
        part = rows[start : start + batch]
        made = text_batches.make_batch(
            [text[o : o + n] for o, n, _ in part], [np.array(m) for _, _, m in part]
        )
        logits = TextTask.logits(model, made)[..., text_batches.BYTE_OFFSET :]
        targets = torch.from_numpy(made.targets) - text_batches.BYTE_OFFSET
        real = torch.from_numpy(made.weights).bool()
        right = logits.topk(5).indices == targets[..., None]
        top1, top5 = right[..., 0], right.any(-1)
        first, within, masks = first + int(top1[real].sum()), within + int(top5[real].sum()), masks + int(real.sum())
        exact, whole = exact + int((top1 | ~real).all(1).sum()), whole + int((top5 | ~real).all(1).sum())
    out = {"top1": percent(first / masks), "top5": percent(within / masks), "masks": masks, "windows": len(rows)}
    if one["kind"] == "word":
        out = {"exact": percent(exact / len(rows)), "within5": percent(whole / len(rows)), **out}
    return out


def evaluate(name: str, folder: Path, source: Path, masks: Path = DEFAULT_FILE) -> dict:
    """The figures of `card.json`'s heldOut for an exported model."""
    model = load_model(folder)
    if isinstance(model, ImageFourierClassifier):
        return evaluate_images(model, source)
    text = np.frombuffer(data.load_heldout(source), np.uint8)
    return {one["name"]: evaluate_set(model, text, one) for one in json.loads(masks.read_text())["sets"]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=sorted(TASKS))
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--zoo", type=Path, default=DEFAULT_ZOO)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="put the figures into card.json")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    folder = args.zoo / args.model
    figures = evaluate(args.model, folder, args.data)
    print(json.dumps(figures, indent=2))
    if args.write:
        card = json.loads((folder / "card.json").read_text())
        card["heldOut"]["python"] = figures
        write_json(folder / "card.json", card)
        write_readme(args.model, folder)


if __name__ == "__main__":
    main()
