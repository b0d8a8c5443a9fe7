"""What each of the two trainings is: model, start, batches, loss, parameter groups and validation."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from . import data, text_batches
from .heads import ImageFourierClassifier, TextMaskedLM
from .perceiver import PerceiverConfig
from .structured import init_image, init_text

# Layers whose matrices Muon takes; query, key and value maps only inside the self-attention.
MUON_ENDINGS = ("output.dense.weight", "mlp.dense1.weight", "mlp.dense2.weight")
NO_DECAY = ("latents", "position_embeddings", "layernorm", "query.weight", "key.weight", "bias")


def parameter_groups(model: nn.Module, decay: float, muon: bool) -> tuple[list[Tensor], list[dict]]:
    """(matrices for Muon, groups for AdamW). No decay on latents, positions, norms, biases, cross-attention's query and key."""
    hidden, decayed, free = [], [], []
    for name, p in model.named_parameters():
        inside = ".self_attends." in name
        if muon and p.ndim == 2 and (name.endswith(MUON_ENDINGS) or (inside and "layernorm" not in name)):
            hidden.append(p)
        elif p.ndim < 2 or any(part in name for part in NO_DECAY):
            free.append(p)
        else:
            decayed.append(p)
    return hidden, [{"params": decayed, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]


class ImageTask:
    """`image-fourier`: CIFAR-10, first 70 % of the steps on a 16 x 16 grid, the rest on 32 x 32."""

    name, batch, muon_rate, adam_rate, warmup, decay, ema, muon = "image-fourier", 64, 0.01, 1e-3, 0.05, 0.05, 0.999, True
    coarse_share = 0.70
    shift = 2  # pixels of random translation; more costs accuracy in a run this short
    default_epochs = 13.0

    def __init__(self, folder: Path):
        images, labels = data.load_cifar(folder, "train")
        train, validation = data.split_train(len(images))
        self.names = data.label_names(folder)
        self.size = len(train)
        pad = self.shift
        self.padded = np.pad(images[train], ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="reflect")
        self.mirrored = np.random.default_rng(data.SPLIT_SEED).random(self.size) < 0.5
        self.labels = torch.from_numpy(labels[train].astype(np.int64))
        self.kept = torch.from_numpy(data.normalise(images[validation]))
        self.kept_labels = torch.from_numpy(labels[validation].astype(np.int64))

    def config(self) -> PerceiverConfig:
        return PerceiverConfig(
            architectures=["PerceiverForImageClassificationFourier"], d_model=261, d_latents=128, num_latents=64,
            num_self_attends_per_block=6, num_self_attention_heads=4, num_cross_attention_heads=8, qk_channels=128,
            v_channels=128, image_size=32, id2label={str(i): name for i, name in enumerate(self.names)},
        )

    def build(self) -> ImageFourierClassifier:
        return ImageFourierClassifier(self.config())

    def start(self, model: ImageFourierClassifier, rng: np.random.Generator) -> None:
        init_image(model)

    def steps(self, epochs: float) -> int:
        return round(epochs * (self.size // self.batch))

    def coarse(self, progress: float) -> bool:
        return progress < self.coarse_share

    def loss(
        self, model: ImageFourierClassifier, order: np.ndarray, rng: np.random.Generator, progress: float, epoch: int
    ) -> Tensor:
        """Cross-entropy with smoothing 0.1 of the images `order` after a random shift; flipped in every second epoch."""
        crops = np.empty((len(order), 32, 32, 3), np.uint8)
        corners = rng.integers(0, 2 * self.shift + 1, (len(order), 2))
        flips = self.mirrored[order] ^ (epoch % 2 == 1)
        for i, index in enumerate(order):
            y, x = corners[i]
            crop = self.padded[index, y : y + 32, x : x + 32]
            crops[i] = crop[:, ::-1] if flips[i] else crop
        images = torch.from_numpy(data.normalise(crops))
        if self.coarse(progress):
            images = F.avg_pool2d(images, 2)
        return F.cross_entropy(model(images), self.labels[torch.from_numpy(order)], label_smoothing=0.1)

    @torch.no_grad()
    def validate(self, model: ImageFourierClassifier, progress: float, count: int = 1000) -> dict[str, float]:
        """Top-1 in percent on images kept from train, on the grid being trained."""
        images = self.kept[:count]
        if self.coarse(progress):
            images = F.avg_pool2d(images, 2)
        logits = torch.cat([model(part) for part in images.split(100)])
        right = (logits.argmax(-1) == self.kept_labels[:count]).float().mean()
        return {"top1": 100 * right.item(), "grid": float(images.shape[-1])}


class TextTask:
    """`text-mlm`: English bytes, 15 % masked; the loss is taken at masked positions only."""

    name, batch, muon_rate, adam_rate, warmup, decay, ema, muon = "text-mlm", 16, 0.01, 2e-3, 0.04, 0.02, 0.0, False
    full_share = 0.65
    spans_from, span_share = 0.5, 0.3
    default_epochs = 1.0

    def __init__(self, folder: Path):
        self.train, kept = data.load_text(folder)
        self.size = len(self.train) // text_batches.MAX_BYTES
        rng = np.random.default_rng(data.SPLIT_SEED)
        starts = np.linspace(0, len(kept) - 512, 96).astype(int)
        self.kept = {n: self.batch_of([kept[s : s + n] for s in starts], rng) for n in (510, 64)}

    @staticmethod
    def batch_of(texts: list[np.ndarray], rng: np.random.Generator) -> text_batches.TextBatch:
        return text_batches.make_batch(texts, [text_batches.random_mask(rng, len(t)) for t in texts])

    def config(self) -> PerceiverConfig:
        return PerceiverConfig(
            architectures=["PerceiverForMaskedLM"], d_model=192, d_latents=256, num_latents=128,
            num_self_attends_per_block=6, num_self_attention_heads=8, num_cross_attention_heads=8, qk_channels=256,
            v_channels=256, max_position_embeddings=text_batches.LENGTH,
        )

    def build(self) -> TextMaskedLM:
        return TextMaskedLM(self.config())

    def start(self, model: TextMaskedLM, rng: np.random.Generator) -> None:
        sample = self.batch_of([text_batches.draw_window(rng, self.train, 1.0) for _ in range(8)], rng)
        init_text(model, torch.from_numpy(np.bincount(self.train, minlength=256)), torch.from_numpy(sample.ids))

    def steps(self, epochs: float) -> int:
        return round(epochs * (self.size // self.batch))

    def loss(
        self, model: TextMaskedLM, order: np.ndarray, rng: np.random.Generator, progress: float, epoch: int
    ) -> Tensor:
        """Cross-entropy over all masked bytes of a fresh batch; `order` only counts the rows, `epoch` is not used."""
        share = self.span_share if progress >= self.spans_from else 0.0
        texts = [text_batches.draw_window(rng, self.train, self.full_share) for _ in order]
        masked = [
            text_batches.span_mask(rng, t) if rng.random() < share else text_batches.random_mask(rng, len(t)) for t in texts
        ]
        batch = text_batches.make_batch(texts, masked)
        weights = torch.from_numpy(batch.weights).flatten()
        logits = self.logits(model, batch)
        losses = F.cross_entropy(logits.flatten(0, 1), torch.from_numpy(batch.targets).flatten(), reduction="none")
        return (losses * weights).sum() / weights.sum()

    @staticmethod
    def logits(model: TextMaskedLM, batch: text_batches.TextBatch) -> Tensor:
        attend = None if batch.attend.all() else torch.from_numpy(batch.attend)
        return model(torch.from_numpy(batch.ids), attend, torch.from_numpy(batch.positions))

    @torch.no_grad()
    def validate(self, model: TextMaskedLM, progress: float, count: int = 96) -> dict[str, float]:
        """Top-1 and top-5 in percent over the 256 byte values at full length and at 64 bytes, on text kept from train."""
        out: dict[str, float] = {}
        for length, batch in self.kept.items():
            logits = self.logits(model, batch)
            byte_logits = logits[..., text_batches.BYTE_OFFSET :]
            targets = torch.from_numpy(batch.targets) - text_batches.BYTE_OFFSET
            right = byte_logits.topk(5).indices == targets[..., None]
            out[f"top1_{length}"] = 100 * right[..., 0].float().mean().item()
            out[f"top5_{length}"] = 100 * right.any(-1).float().mean().item()
            if length == 510:
                out["loss"] = F.cross_entropy(byte_logits.flatten(0, 1), targets.flatten()).item()
                out["spread"] = byte_logits.std((0, 1)).mean().item()
        return out


TASKS = {"image-fourier": ImageTask, "text-mlm": TextTask}
