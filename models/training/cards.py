"""What `card.json` says of each model beside the figures: title, data, licences, limits; and the README made of it."""

import csv
import json
from pathlib import Path

CIFAR = {
    "name": "CIFAR-10",
    "source": "https://www.cs.toronto.edu/~kriz/cifar.html",
    "citation": "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
    "license": "No formal licence; published for research, to be cited. No image of it is shipped.",
    "train": "48,000 of the 50,000 training images (here as JPEG of quality 94); 2,000 kept for validation",
    "heldOut": "the 10,000 test images, lossless",
}

CORPUS = {
    "name": "English prose: 39 books of Standard Ebooks and OpenStax",
    "source": "https://standardebooks.org, https://openstax.org",
    "citation": "OpenStax textbooks, CC BY 4.0, Rice University; Standard Ebooks editions, CC0",
    "license": "Public domain in the US with CC0 editions (Standard Ebooks); CC BY 4.0 (OpenStax)",
    "train": "29.2 MB of the 29.8 MB training text; 0.6 MB kept for validation",
    "heldOut": "0.85 MB of three other books: The Railway Children, The Time Machine, part of Introduction to Sociology",
}

CARDS = {
    "image-fourier": {
        "title": "Ten kinds of thing, from raw pixels",
        "task": "image-classification",
        "summary": "A Perceiver IO classifier that reads 32 x 32 raw pixels with Fourier position features, without any "
        "convolution. Trained by us on CIFAR-10 from nothing; not DeepMind's model.",
        "license": "Apache-2.0",
        "dataset": CIFAR,
        "limits": [
            "Knows ten classes only and always answers one of them, whatever the picture shows.",
            "Sees 32 x 32 pixels: the centre square of a picture, shrunk. Small or off-centre things are lost.",
            "Learned from centred web photographs of 2009; drawings, close-ups and unusual views are often wrong.",
            "Probabilities come from training with label smoothing of 0.1 and are not calibrated.",
        ],
    },
    "text-mlm": {
        "title": "Missing bytes of English",
        "task": "fill-mask",
        "summary": "A Perceiver IO masked language model over UTF-8 bytes, 510 bytes at a time between [CLS] and [SEP]. "
        "Trained by us on English books from nothing; not DeepMind's model.",
        "license": "Apache-2.0",
        "dataset": CORPUS,
        "limits": [
            "English prose of novels and textbooks; other languages, code, tables and names are guesses.",
            "Fills single masked bytes well and whole masked words badly: every byte is answered by itself.",
            "Short texts give it less to go by; see the figures by length.",
            "It repeats the views and omissions of its books, many of them from before 1930. It knows no facts.",
        ],
    },
}

PENDING = {"python": "not measured yet: `python -m training.evaluate {name} --write`", "typescript": "not measured yet: `npm run evaluate -- {name} --write`"}
CURVES = {"image-fourier": ("trainLoss", "top1", "grid"), "text-mlm": ("trainLoss", "top1_510", "top5_510", "top1_64", "top5_64")}


def figure_rows(name: str, card: dict) -> list[str]:
    """Table rows, one per measured side; the TypeScript row says how to get its figures while there are none."""
    sides = {"python": "Python (PyTorch, float32 from the fp16 file)", "typescript": "TypeScript (the app's engine)"}
    rows = []
    for key, side in sides.items():
        figures = card["heldOut"][key]
        if figures is None:
            rows.append(f"| {side} | {PENDING[key].format(name=name)} |" + (" |" * 4 if name == "text-mlm" else ""))
        elif name == "image-fourier":
            rows.append(f"| {side} | {figures['top1']:.2f} |")
        else:
            cells = [f"{figures[s]['top1']:.2f} / {figures[s]['top5']:.2f}" for s in ("full", "128", "64", "32")]
            words = f"{figures['words']['exact']:.2f} / {figures['words']['within5']:.2f}"
            rows.append(f"| {side} | " + " | ".join([*cells, words]) + " |")
    return rows


def curve_rows(name: str, log: list[dict[str, str]], count: int = 12) -> list[str]:
    """About `count` rows of the training log, always with the last."""
    columns = ("step", "seconds", *CURVES[name])
    chosen = [log[round(i * (len(log) - 1) / (count - 1))] for i in range(count)] if len(log) > count else log
    head = ["| " + " | ".join(columns) + " |", "| " + " | ".join("---" for _ in columns) + " |"]
    return head + ["| " + " | ".join(row[c] for c in columns) + " |" for row in chosen]


def render(name: str, card: dict, log: list[dict[str, str]]) -> str:
    """The model card README.md from `card.json` and the rows of `training-log.csv`."""
    t, d = card["training"], card["dataset"]
    if name == "image-fourier":
        head = ["| side | top-1, % of the 10,000 test images |", "| --- | --- |"]
        note = "Chance is 10 %. Each image is read once, without flip averaging."
    else:
        head = ["| side | 510 bytes | 128 bytes | 64 bytes | 32 bytes | whole words |", "| --- | --- | --- | --- | --- | --- |"]
        note = (
            "Top-1 / top-5 in % of masked bytes, over the 256 byte values, 15 % masked at random; windows and masks in "
            "`models/training/heldout-masks.json`. Whole words (one of one to six letters masked whole in 510 bytes): "
            "every byte right / every byte among its own top five."
        )
    lines = [
        "---", "license: apache-2.0", "library_name: transformers", f"pipeline_tag: {card['task']}", "---",
        f"# {name}: {card['title']}", "", card["summary"], "",
        f"Hugging Face layout (`config.json`, `model.safetensors` in fp16), {card['parameters']:,} parameters.", "",
        "## Held-out figures", "", *head, *figure_rows(name, card), "", note,
        f"Held out: {d['heldOut']}. Nothing was chosen on them.", "",
        "## Training", "",
        f"From nothing, seed {t['seed']}, {t['steps']:,} steps of {t['batch']} examples, {t['wallSeconds'] / 60:.0f} minutes "
        f"of wall time ({t['cpuSeconds'] / 60:.0f} of processor time) on two cores shared with other work; the weights are "
        f"the {t['weights']}. `models/training/README.md` has the commands.", "",
        "Scores below are on data kept from the training set; the whole log is `training-log.csv`.", "",
        *curve_rows(name, log), "",
        "## Data and licence", "",
        f"- Data: {d['name']} ({d['source']}). {d['citation']}.",
        f"- Licence of the data: {d['license']}",
        f"- Trained on: {d['train']}.",
        "- Weights: Apache-2.0, by the Perceiver Lab authors.", "",
        "## Limits", "", *[f"- {limit}" for limit in card["limits"]], "",
    ]
    return "\n".join(lines)


def write_readme(name: str, folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    with (folder / "training-log.csv").open(newline="") as file:
        log = list(csv.DictReader(file))
    (folder / "README.md").write_text(render(name, card, log))


def main() -> None:
    """`python -m training.cards` writes the README.md of every model in the zoo again from its card.json."""
    for folder in sorted((Path(__file__).resolve().parents[1] / "zoo").iterdir()):
        if folder.name in CARDS and (folder / "card.json").exists():
            write_readme(folder.name, folder)


if __name__ == "__main__":
    main()
