"""The training loop: schedule, moving average, log, checkpoints that resume exactly where they stopped."""

import csv
import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from .muon import Muon
from .tasks import ImageTask, TextTask, parameter_groups

CHECKPOINT_SECONDS = 180


def rate(progress: float, warmup: float) -> float:
    """Share of the peak learning rate: linear up over `warmup`, then linear to zero at progress 1."""
    return min(progress / warmup, (1 - progress) / (1 - warmup))


class Run:
    """One training. `folder` holds checkpoint.pt, log.csv and run.json and is made when missing."""

    def __init__(self, task: ImageTask | TextTask, folder: Path, seed: int, total: int):
        self.task, self.folder, self.seed, self.total = task, folder, seed, total
        folder.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(seed)
        self.rng = np.random.default_rng(seed)
        self.step, self.seconds, self.cpu = 0, 0.0, 0.0
        self.progress = 0.0
        self.model: nn.Module = task.build()
        task.start(self.model, self.rng)
        self.average = {k: v.clone() for k, v in self.model.state_dict().items()} if task.ema else None
        hidden, groups = parameter_groups(self.model, task.decay, task.muon)
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(groups, lr=task.adam_rate, betas=(0.9, 0.99), fused=True)
        ]
        self.peaks = [task.adam_rate]
        if hidden:
            self.optimizers.append(Muon(hidden, task.muon_rate))
            self.peaks.append(task.muon_rate)
        self.order, self.place = self.rng.permutation(task.size), 0
        self.stopping = False
        # One entry per start: what was asked for from which step on, so that a card can tell how a run really went.
        self.history = [self.settings()]

    def settings(self) -> dict:
        return {"step": self.step, "total": self.total, "peakRates": self.peaks, "threads": torch.get_num_threads()}

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def save(self) -> None:
        """Write everything to a temporary file, then rename, so that a kill never leaves half a checkpoint."""
        state = {
            "model": self.model.state_dict(), "average": self.average,
            "optimizers": [o.state_dict() for o in self.optimizers],
            "step": self.step, "total": self.total, "progress": self.progress, "seconds": self.seconds, "cpu": self.cpu,
            "seed": self.seed, "rng": self.rng.bit_generator.state, "torch_rng": torch.get_rng_state(),
            "order": self.order, "place": self.place, "config": self.task.config().to_json(), "task": self.task.name,
            "history": self.history,
        }
        temporary = self.checkpoint.with_suffix(".tmp")
        torch.save(state, temporary)
        os.replace(temporary, self.checkpoint)
        note = {"task": self.task.name, "seed": self.seed, "steps": self.step, "total": self.total,
                "batch": self.task.batch, "wallSeconds": round(self.seconds), "cpuSeconds": round(self.cpu)}
        (self.folder / "run.json").write_text(json.dumps(note) + "\n")

    def resume(self) -> None:
        """Load the checkpoint. `total` stays as asked for now: what is left of the schedule is run in total - step steps."""
        state = torch.load(self.checkpoint, weights_only=False)
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.step, self.progress = state["step"], state["progress"]
        self.seconds, self.cpu, self.seed = state["seconds"], state["cpu"], state["seed"]
        self.rng.bit_generator.state = state["rng"]
        torch.set_rng_state(state["torch_rng"])
        self.order, self.place = state["order"], state["place"]
        self.history = [*state.get("history", []), self.settings()]

    def next_batch(self) -> np.ndarray:
        if self.place + self.task.batch > len(self.order):
            self.order, self.place = self.rng.permutation(self.task.size), 0
        self.place += self.task.batch
        return self.order[self.place - self.task.batch : self.place]

    def train_step(self) -> float:
        share = rate(self.progress + 0.5 * (1 - self.progress) / (self.total - self.step), self.task.warmup)
        for optimizer, peak in zip(self.optimizers, self.peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = peak * share
            optimizer.zero_grad(set_to_none=True)
        epoch = self.step * self.task.batch // self.task.size
        loss = self.task.loss(self.model, self.next_batch(), self.rng, self.progress, epoch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        if self.average is not None:
            # A short warm-up of the average, so that early evaluations do not see the start.
            keep = min(self.task.ema, (1 + self.step) / (10 + self.step))
            torch._foreach_lerp_(list(self.average.values()), list(self.model.state_dict().values()), 1 - keep)
        self.progress += (1 - self.progress) / (self.total - self.step)
        self.step += 1
        return loss.item()

    def evaluated_model(self) -> nn.Module:
        """The averaged model where an average is kept, otherwise the model itself."""
        if self.average is None:
            return self.model
        model = self.task.build()
        model.load_state_dict(self.average)
        return model

    def log(self, loss: float) -> None:
        row = {"step": self.step, "progress": round(self.progress, 4), "seconds": round(self.seconds),
               "cpu": round(self.cpu), "trainLoss": round(loss, 4)}
        scores = self.task.validate(self.evaluated_model(), self.progress)
        row.update({key: round(value, 3) for key, value in scores.items()})
        path = self.folder / "log.csv"
        fresh = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row.keys())
            if fresh:
                writer.writeheader()
            writer.writerow(row)
        print(" ".join(f"{k} {v}" for k, v in row.items()), flush=True)

    def run(self, evaluate_every: int, until: int | None = None) -> None:
        """Train to `total` (or to step `until`), evaluating every `evaluate_every` steps; SIGTERM saves and stops."""
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopping", True))
        end = min(self.total, until or self.total)
        wall, cpu, saved, recent = time.monotonic(), time.process_time(), time.monotonic(), []
        while self.step < end and not self.stopping:
            recent.append(self.train_step())
            now = time.monotonic()
            self.seconds, wall = self.seconds + now - wall, now
            self.cpu, cpu = self.cpu + time.process_time() - cpu, time.process_time()
            if self.step % evaluate_every == 0 or self.step == end:
                self.log(float(np.mean(recent)))
                recent = []
            if now - saved > CHECKPOINT_SECONDS:
                self.save()
                saved = time.monotonic()
        self.save()
