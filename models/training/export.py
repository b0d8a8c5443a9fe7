"""Write a trained model in the Hugging Face layout, weights as fp16: `python -m training.export image-fourier`."""

import argparse
import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from .cards import CARDS, write_readme
from .data import MEAN, STD
from .tasks import TASKS
from .train import DEFAULT_RUNS

DEFAULT_ZOO = Path(__file__).resolve().parents[1] / "zoo"

SQUARE = {"height": 32, "width": 32}
# crop_size equal to size makes transformers crop the largest centred square, so a 32 x 32 image passes unchanged.
PREPROCESSOR = {
    "image_processor_type": "PerceiverImageProcessor",
    "do_center_crop": True, "crop_size": SQUARE,
    "do_resize": True, "size": SQUARE, "resample": 3,
    "do_rescale": True, "rescale_factor": 1 / 255,
    "do_normalize": True, "image_mean": list(MEAN), "image_std": list(STD),
}
TOKENIZER = {
    "tokenizer_class": "PerceiverTokenizer", "model_max_length": 512,
    "pad_token": "[PAD]", "bos_token": "[BOS]", "eos_token": "[EOS]",
    "mask_token": "[MASK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
}


def write_json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def export(name: str, runs: Path, out: Path) -> dict:
    """Export the checkpoint of `name` into the folder `out`; returns the card. A card already there keeps its figures
    only when it is of the same step."""
    run = runs / name
    state = torch.load(run / "checkpoint.pt", weights_only=False, map_location="cpu")
    weights = state["average"] or state["model"]
    half = {key: value.half().contiguous() for key, value in weights.items()}
    if not all(torch.isfinite(value).all() for value in half.values()):
        raise SystemExit(f"{name}: a weight does not fit fp16; nothing was written")
    out.mkdir(parents=True, exist_ok=True)
    save_file(half, out / "model.safetensors.tmp", metadata={"format": "pt"})
    os.chmod(out / "model.safetensors.tmp", 0o644)
    os.replace(out / "model.safetensors.tmp", out / "model.safetensors")
    write_json(out / "config.json", {**state["config"], "dtype": "float32"})
    if name == "image-fourier":
        write_json(out / "preprocessor_config.json", PREPROCESSOR)
    else:
        write_json(out / "tokenizer_config.json", TOKENIZER)
    if (run / "log.csv").exists():
        shutil.copyfile(run / "log.csv", out / "training-log.csv")
    card = {
        **CARDS[name],
        "parameters": sum(value.numel() for value in half.values()),
        "training": {
            "seed": state["seed"], "steps": state["step"], "plannedSteps": state["total"],
            "batch": TASKS[name].batch, "examples": state["step"] * TASKS[name].batch,
            "wallSeconds": round(state["seconds"]), "cpuSeconds": round(state["cpu"]),
            "history": state.get("history", []),
            "weights": "moving average" if state["average"] else "last step",
        },
        "heldOut": {"python": None, "typescript": None},
    }
    path = out / "card.json"
    if path.exists():
        before = json.loads(path.read_text())
        if before["training"]["steps"] == state["step"]:
            card["heldOut"] = before["heldOut"]
    write_json(path, card)
    if (out / "training-log.csv").exists():
        write_readme(name, out)
    return card


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=sorted(TASKS))
    parser.add_argument("--runs", type=Path, default=DEFAULT_RUNS)
    parser.add_argument("--zoo", type=Path, default=DEFAULT_ZOO, help="folder of models (default %(default)s)")
    args = parser.parse_args()
    card = export(args.model, args.runs, args.zoo / args.model)
    size = (args.zoo / args.model / "model.safetensors").stat().st_size
    print(f"{args.model}: step {card['training']['steps']}, {card['parameters']} parameters, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
