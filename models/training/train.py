"""Train one of the models: `python -m training.train image-fourier` (run in models/). Resumes when a checkpoint is there."""

import argparse
from pathlib import Path

import torch

from .loop import Run
from .tasks import TASKS

DEFAULT_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
DEFAULT_RUNS = Path(__file__).with_name("runs")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=sorted(TASKS))
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help="folder with cifar10/ and text/ (default %(default)s)")
    parser.add_argument("--runs", type=Path, default=DEFAULT_RUNS, help="where checkpoints and logs go (default %(default)s)")
    parser.add_argument("--epochs", type=float, help="passes over the training data; may be changed when resuming")
    parser.add_argument("--total", type=int, help="steps in all, instead of --epochs")
    parser.add_argument("--until", type=int, help="stop at this step, to be resumed later")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--evaluate-every", type=int, default=200)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    task = TASKS[args.model](args.data)
    total = args.total or task.steps(args.epochs or task.default_epochs)
    run = Run(task, args.runs / args.model, args.seed, total)
    if run.checkpoint.exists():
        run.resume()
    print(f"{args.model}: step {run.step} of {total}, {sum(p.numel() for p in run.model.parameters())} parameters", flush=True)
    run.run(args.evaluate_every, args.until)
    print(f"stopped at step {run.step} of {total} after {run.seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
