"""Structured ("patch") initialisation: latents start out looking at cells of the input.

Only starting values; the layout stays Hugging Face's and everything trains on. From random values a Perceiver this
small hardly learns where to look. Score of a structured head: beta * sum over frequencies and axes of
cos(pi * f * distance), a peak about one pixel or byte wide.
"""

import math

import torch
from torch import Tensor, nn

from .heads import ImageFourierClassifier, TextMaskedLM
from .perceiver import Layer, Projections

IMAGE_BANDS = (0, 1, 2, 4)  # frequencies 1, 2.76, 4.52 and 8.05 of linspace(1, 112, 64)
# Not whole multiples of each other and none with period 2, so that no two places of a text share a code.
TEXT_FREQUENCIES = (0.5, 1.6, 3.7, 8.0, 16.7, 33.0, 64.5, 128.0)
CELL = 4  # pixels per axis, or bytes, that one latent starts from
BETA = 1.8


def base_init(model: nn.Module) -> None:
    """Truncated normal with deviation 1/sqrt(fan-in) for matrices, zero biases, unit layer norms; latents 0.6."""
    for module in model.modules():
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=module.in_features**-0.5, a=-2, b=2)
            nn.init.zeros_(module.bias)
    nn.init.normal_(model.perceiver.embeddings.latents, std=0.6)


def position_code(x: Tensor, frequencies: Tensor) -> Tensor:
    """Positions [L, axes] in [-1, 1] to [L, 2 * axes * nf]: sines axis by axis, then cosines."""
    angles = (x[:, :, None] * frequencies).flatten(1) * math.pi
    return torch.cat([angles.sin(), angles.cos()], -1)


def rotation(offset: Tensor, frequencies: Tensor) -> Tensor:
    """Matrix [n, n] that takes the code of x to the code of x + offset (offset [axes])."""
    angle = (offset[:, None] * frequencies).flatten() * math.pi
    sin, cos = torch.diag(angle.sin()), torch.diag(angle.cos())
    return torch.cat([torch.cat([cos, sin], 1), torch.cat([-sin, cos], 1)])


def head_rows(weight: Tensor, head: int, heads: int) -> Tensor:
    size = weight.shape[0] // heads
    return weight[head * size : (head + 1) * size]


def structure_head(
    p: Projections, head: int, heads: int, query_columns: Tensor, key_columns: Tensor, turn: Tensor,
    beta: float, scale: float, rest: float,
) -> None:
    """Make one head compare positions.

    The first n rows of the head's key map pick `key_columns` [n], those of its query map pick `query_columns` [n] and
    turn them by `turn` [n, n]. `scale` is the product of the two layer norms' gains at start (about 2 where sines and
    cosines fill rows of variance 0.5). Rows beyond n keep their random values times `rest`.
    """
    n = len(turn)
    q, k = head_rows(p.query.weight, head, heads), head_rows(p.key.weight, head, heads)
    gain = math.sqrt(math.sqrt(q.shape[0]) * beta / scale)
    q.mul_(rest)
    k.mul_(rest)
    q[:n] = 0
    k[:n] = 0
    q[:n, query_columns] = turn * gain
    k[torch.arange(n), key_columns] = gain


def protect(layers: list[Layer], columns: int, factor: float) -> None:
    """Scale what layers write to the latents by `factor`, and keep the first `columns` numbers of each latent as they are."""
    for layer in layers:
        for linear in (layer.attention.output.dense, layer.mlp.dense2):
            linear.weight.mul_(factor)
            linear.weight[:columns] = 0


@torch.no_grad()
def init_image(model: ImageFourierClassifier) -> None:
    """Latents on a square grid; encoder head h looks at its own pixel of a staggered pattern in the latent's 4 x 4 cell."""
    base_init(model)
    config, encoder = model.config, model.perceiver.encoder
    frequencies = torch.linspace(1.0, 112.0, 64)[list(IMAGE_BANDS)]
    n = 4 * len(IMAGE_BANDS)
    side = math.isqrt(config.num_latents)
    step = 2 / (side * CELL - 1)
    centres = -1 + step * (CELL * torch.arange(side) + (CELL - 1) / 2)
    grid = torch.stack(torch.meshgrid(centres, centres, indexing="ij"), -1).reshape(-1, 2)
    model.perceiver.embeddings.latents[:, :n] = position_code(grid, frequencies)

    cross, p = encoder.cross_attention, encoder.cross_attention.projections
    bands = torch.tensor(IMAGE_BANDS)
    key_columns = torch.cat([3 + 2 + start + bands for start in (0, 64, 128, 192)])
    for head in range(cross.heads):
        row, column = head // 2 % CELL, 2 * (head % 2) + (head // 2) % 2
        offset = (torch.tensor([row, column]) - (CELL - 1) / 2) * step
        structure_head(p, head, cross.heads, torch.arange(n), key_columns, rotation(offset, frequencies), BETA, 2.0, 0.1)
    p.query.weight[:, n:].mul_(0.1)
    p.value.weight[:, 3:].mul_(0.1)
    p.value.weight[:, :3].normal_(std=0.6)
    protect([cross, *encoder.self_attends], n, 0.5)
    query = model.perceiver.decoder.decoder.output_position_encodings.position_embeddings
    nn.init.normal_(query, std=0.5)
    model.perceiver.decoder.decoder.final_layer.weight.mul_(0.1)


def text_positions(length: int) -> Tensor:
    return torch.linspace(-1, 1, length)[:, None]


def phase_of(head: int) -> float:
    """Which byte of a cell decoder head `head` answers, as an offset in bytes from the cell's centre."""
    return head % CELL - (CELL - 1) / 2


@torch.no_grad()
def init_text(model: TextMaskedLM, byte_counts: Tensor, sample: Tensor) -> None:
    """Latents over cells of four bytes, neighbour heads in the self-attention, one phase of a cell per decoder head.

    byte_counts [256]: occurrences of each byte in the training text; sample [B, T]: token ids for calibration.
    Latent 0 has no place of its own: it is the sink that a decoder head reads where the byte asked for is not of its
    phase. Cell 1 begins at position 1, behind [CLS].
    """
    base_init(model)
    config, encoder = model.config, model.perceiver.encoder
    frequencies = torch.tensor(TEXT_FREQUENCIES)
    n, length = 2 * len(TEXT_FREQUENCIES), config.max_position_embeddings
    columns, step = torch.arange(n), 2 / (length - 1)
    code = position_code(text_positions(length), frequencies)

    text = model.perceiver.input_preprocessor
    text.embeddings.weight.normal_(std=0.7)
    text.embeddings.weight[:, :n] = 0
    text.position_embeddings.weight.normal_(std=0.02)
    text.position_embeddings.weight[:, :n] = code
    table = model.perceiver.decoder.output_position_encodings.position_embeddings
    table.normal_(std=0.5)
    table[:, :n] = code

    latents = model.perceiver.embeddings.latents
    cells = torch.arange(config.num_latents) - 1
    centres = -1 + step * (1 + CELL * cells + (CELL - 1) / 2)
    latents[:, :n] = position_code(centres[:, None], frequencies)
    latents[:, n] = 0
    latents[0, : n + 1] = 0
    latents[0, n] = 3.0

    cross = encoder.cross_attention
    for head in range(cross.heads):
        turn = rotation(torch.tensor([(head - (cross.heads - 1) / 2) * step]), frequencies)
        structure_head(cross.projections, head, cross.heads, columns, columns, turn, BETA, 2.0, 0.3)
    for layer in encoder.self_attends:
        for head, cell in enumerate((-1, 1, -2, 2)):
            turn = rotation(torch.tensor([cell * CELL * step]), frequencies)
            structure_head(layer.projections, head, layer.heads, columns, columns, turn, 1.0, 2.5, 0.5)
    protect([cross, *encoder.self_attends], n + 1, 0.5)
    init_text_decoder(model, byte_counts, sample, n, frequencies, step)


def init_text_decoder(
    model: TextMaskedLM, byte_counts: Tensor, sample: Tensor, n: int, frequencies: Tensor, step: float
) -> None:
    """Phases, sink and output. The gains follow from the latents the encoder makes of `sample` at start."""
    layer = model.perceiver.decoder.decoding_cross_attention
    p, columns = layer.projections, torch.arange(n)
    normed = p.layernorm2(model.latents(sample, None))
    amplitude = (2 * normed[:, 1:, :n].square().mean()).sqrt().item()
    sink = normed[:, 0, n].mean().item()
    table = p.layernorm1(model.perceiver.decoder.output_position_encodings.position_embeddings)
    asked = (2 * table[:, :n].square().mean()).sqrt().item()
    beta = 4.0
    size = p.query.out_features // layer.heads
    one_off = sum(math.cos(math.pi * f * step) for f in frequencies.tolist())
    between = beta * (0.6 * one_off + 0.4 * len(frequencies))
    for head in range(layer.heads):
        turn = rotation(torch.tensor([-phase_of(head) * step]), frequencies)
        structure_head(p, head, layer.heads, columns, columns, turn, beta, amplitude * asked, 0.3)
        query, key = head_rows(p.query.weight, head, layer.heads), head_rows(p.key.weight, head, layer.heads)
        gain = math.sqrt(math.sqrt(size) * between / abs(sink))
        query[n], key[n] = 0, 0
        key[n, n] = math.copysign(gain, sink)
        p.query.bias[head * size + n] = gain
    for linear in (layer.attention.output.dense, layer.mlp.dense2):
        linear.weight.mul_(0.06)
    frequency = (byte_counts.double() + 0.5) / (byte_counts.sum() + 128)
    model.embedding_decoder.bias[6:] = frequency.log().float()
    model.embedding_decoder.bias[:6] = math.log(1e-8)
