"""The models against transformers' own classes, and the folding against plain arithmetic: `python -m pytest training`."""

import numpy as np
import pytest
import torch

from .heads import ImageFourierClassifier, TextMaskedLM
from .perceiver import PerceiverConfig
from .structured import init_image, init_text

SMALL = {
    "d_latents": 64, "num_self_attends_per_block": 2, "num_self_attention_heads": 4, "num_cross_attention_heads": 4,
    "qk_channels": 128, "v_channels": 64,
}


def image_model() -> ImageFourierClassifier:
    torch.manual_seed(0)
    config = PerceiverConfig(
        architectures=["PerceiverForImageClassificationFourier"], d_model=261, num_latents=16,
        id2label={str(i): f"class {i}" for i in range(5)}, **SMALL,
    )
    model = ImageFourierClassifier(config)
    init_image(model)
    # Layer norms away from one and zero, so that a mistake in the folding would show.
    for name, p in model.named_parameters():
        if "layernorm" in name or name.endswith("bias"):
            p.data += 0.3 * torch.randn_like(p)
    return model


def text_model() -> TextMaskedLM:
    torch.manual_seed(0)
    config = PerceiverConfig(
        architectures=["PerceiverForMaskedLM"], d_model=48, num_latents=12, num_blocks=2, max_position_embeddings=40, **SMALL,
    )
    model = TextMaskedLM(config)
    init_text(model, torch.ones(256), torch.randint(6, 262, (2, 40)))
    # Larger outputs than at the start of training, so that differences are not hidden by the bias.
    model.perceiver.decoder.decoding_cross_attention.mlp.dense2.weight.data *= 10
    return model


def test_folded_keys_and_values_equal_the_plain_ones() -> None:
    model = image_model().double()
    images = torch.randn(2, 3, 7, 9, dtype=torch.float64)
    model._positions = {(7, 9): model.positions(7, 9).double()}
    for folded, plain in zip(model.folded_keys_values(images), model.plain_keys_values(images), strict=True):
        assert (folded - plain).abs().max() < 1e-10


@torch.no_grad()
def test_image_classifier_equals_transformers() -> None:
    transformers = pytest.importorskip("transformers")
    ours = image_model()
    theirs = transformers.PerceiverForImageClassificationFourier(transformers.PerceiverConfig(**ours.config.to_json())).eval()
    theirs.load_state_dict(ours.state_dict())
    images = torch.randn(2, 3, 16, 12)
    assert torch.allclose(ours(images), theirs(images).logits, atol=2e-5, rtol=1e-4)


@torch.no_grad()
def test_masked_language_model_equals_transformers_with_padding() -> None:
    transformers = pytest.importorskip("transformers")
    ours = text_model()
    theirs = transformers.PerceiverForMaskedLM(transformers.PerceiverConfig(**ours.config.to_json())).eval()
    theirs.load_state_dict(ours.state_dict())
    ids = torch.randint(6, 262, (3, 40))
    attend = torch.arange(40)[None] < torch.tensor([40, 21, 9])[:, None]
    expected = theirs(inputs=ids, attention_mask=attend.long()).logits
    assert torch.allclose(ours(ids, attend), expected, atol=2e-5, rtol=1e-4)
    positions = torch.tensor([[0, 3], [5, 20], [8, 1]])
    some = ours(ids, attend, positions)
    assert torch.allclose(some, expected[torch.arange(3)[:, None], positions], atol=2e-5, rtol=1e-4)


@torch.no_grad()
def test_padding_does_not_change_an_answer() -> None:
    model = text_model()
    ids = torch.randint(6, 262, (1, 15))
    padded = torch.cat([ids, torch.zeros(1, 25, dtype=torch.long)], 1)
    attend = torch.arange(40)[None] < 15
    assert torch.allclose(model(ids), model(padded, attend), atol=1e-5)


@torch.no_grad()
def test_structured_heads_look_at_their_own_pixel() -> None:
    config = image_model().config
    config.num_latents, config.num_cross_attention_heads = 64, 8
    model = ImageFourierClassifier(config)
    init_image(model)
    layer = model.perceiver.encoder.cross_attention
    keys, _ = model.folded_keys_values(torch.randn(1, 3, 32, 32))
    p = layer.projections
    queries = p.query(p.layernorm1(model.perceiver.embeddings.latents))
    q, k = (x.unflatten(-1, (8, -1)).transpose(-3, -2) for x in (queries, keys[0]))
    looked_at = (q @ k.mT).argmax(-1)
    latent = np.arange(64)
    for head in range(8):
        row = 4 * (latent // 8) + head // 2 % 4
        column = 4 * (latent % 8) + 2 * (head % 2) + (head // 2) % 2
        assert (looked_at[head].numpy() == 32 * row + column).mean() > 0.95
