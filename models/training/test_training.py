"""Batches, masks, Muon, and a resume that continues exactly: `python -m pytest training`."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from . import text_batches
from .export import export
from .evaluate import load_model
from .loop import Run, rate
from .masks import DEFAULT_FILE, make
from .muon import orthogonalise
from .tasks import TextTask


class TinyText(TextTask):
    """The text task on made-up text and a small model, so that a test needs no data."""

    batch = 4

    def __init__(self):
        words = np.random.default_rng(3).choice(["the", "sun", "was", "over", "a", "quiet.", "field\n"], 4000)
        self.train = np.frombuffer(" ".join(words).encode(), np.uint8)
        self.size = 64
        rng = np.random.default_rng(1)
        self.kept = {n: self.batch_of([self.train[s : s + n] for s in (0, 500)], rng) for n in (510, 64)}

    def config(self):
        config = super().config()
        config.d_model, config.d_latents, config.qk_channels, config.v_channels = 48, 64, 256, 64
        config.num_self_attends_per_block = 1
        return config


def test_a_batch_has_cls_bytes_sep_and_padding() -> None:
    batch = text_batches.make_batch([np.frombuffer(b"abc", np.uint8), np.frombuffer(b"hello", np.uint8)], [np.array([1]), np.array([0, 4])])
    assert batch.ids.tolist() == [[4, 103, 3, 105, 5, 0, 0], [4, 3, 107, 114, 114, 3, 5]]
    assert batch.attend.sum(1).tolist() == [5, 7]
    assert batch.positions.tolist() == [[2, 0], [1, 5]]
    assert batch.targets.tolist()[0][0] == 104 and batch.targets.tolist()[1] == [110, 117]
    assert batch.weights.tolist() == [[1, 0], [1, 1]]


def test_span_masks_cover_about_the_rate_and_whole_words() -> None:
    text = np.frombuffer(b"it was a bright cold day in april and the clocks were striking thirteen " * 6, np.uint8)
    shares = [len(text_batches.span_mask(np.random.default_rng(i), text)) / len(text) for i in range(50)]
    assert 0.14 < float(np.mean(shares)) < 0.18


def test_windows_are_between_sixteen_and_510_bytes() -> None:
    rng, data = np.random.default_rng(0), TinyText().train
    lengths = [len(text_batches.draw_window(rng, data, 0.5)) for _ in range(200)]
    assert min(lengths) >= 16 and max(lengths) == 510 and 60 < lengths.count(510) < 140


def test_the_schedule_rises_and_ends_at_zero() -> None:
    assert rate(0.0, 0.05) == 0 and rate(1.0, 0.05) == 0
    assert rate(0.05, 0.05) == pytest.approx(1.0)


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonalise(torch.randn(3, 32, 48)))
    assert values.min() > 0.4 and values.max() < 1.4


def train(folder: Path, until: int | None) -> dict[str, torch.Tensor]:
    run = Run(TinyText(), folder, 5, 8)
    if run.checkpoint.exists():
        run.resume()
    run.run(100, until)
    return run.model.state_dict()


def test_a_resumed_run_ends_at_the_same_weights(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    whole = train(tmp_path / "whole", None)
    train(tmp_path / "halves", 3)
    resumed = train(tmp_path / "halves", None)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_an_exported_model_is_the_trained_one_in_fp16(tmp_path: Path) -> None:
    weights = train(tmp_path / "text-mlm", 2)
    card = export("text-mlm", tmp_path, tmp_path / "zoo")
    loaded = load_model(tmp_path / "zoo").state_dict()
    assert card["training"]["steps"] == 2
    assert all(torch.equal(loaded[name], weights[name].half().float()) for name in weights)


def test_the_committed_masks_have_their_format() -> None:
    content = json.loads(DEFAULT_FILE.read_text())
    assert [s["name"] for s in content["sets"]] == ["full", "128", "64", "32", "words"]
    for one in content["sets"]:
        for offset, length, masked in one["windows"]:
            assert length == one["length"] and 0 <= offset <= content["bytes"] - length
            assert masked == sorted(set(masked)) and 0 <= masked[0] and masked[-1] < length


def test_masks_are_the_same_each_time_and_windows_are_whole_utf8() -> None:
    text = ("Ein schöner Tag, said the old man. " * 400).encode()
    first = make(text)
    assert first == make(text)
    for one in first["sets"]:
        for offset, length, _ in one["windows"]:
            text[offset : offset + length].decode("utf-8")
