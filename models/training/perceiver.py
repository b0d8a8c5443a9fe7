"""Perceiver IO in PyTorch under Hugging Face's parameter names.

Written once for every head trained here. A state dict of these modules is the state dict of
`transformers.PerceiverModel` and its heads, so that a checkpoint needs no conversion.
Source: Jaegle et al., "Perceiver IO" (2021), sections 3.1 and 3.2; `transformers` class names
are given at each module. Only explicit `qk_channels` and `v_channels` are supported: the models
trained here always state them. There is no dropout.
"""

import math
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass
class PerceiverConfig:
    """The keys of `transformers.PerceiverConfig` that these models read, under the same names."""

    architectures: list[str]
    d_model: int
    d_latents: int
    num_latents: int
    num_self_attends_per_block: int
    num_self_attention_heads: int
    num_cross_attention_heads: int
    qk_channels: int
    v_channels: int
    num_blocks: int = 1
    cross_attention_shape_for_attention: str = "kv"
    self_attention_widening_factor: int = 1
    cross_attention_widening_factor: int = 1
    hidden_act: str = "gelu"
    use_query_residual: bool = True
    attention_probs_dropout_prob: float = 0.0
    initializer_range: float = 0.02
    layer_norm_eps: float = 1e-12
    vocab_size: int = 262
    max_position_embeddings: int = 2048
    image_size: int = 32
    id2label: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict:
        """The content of `config.json`, with `label2id` beside `id2label` where there are labels."""
        out = {"model_type": "perceiver", **asdict(self)}
        labels = out.pop("id2label")
        if labels:
            out["id2label"] = labels
            out["label2id"] = {name: int(index) for index, name in labels.items()}
        return out

    @classmethod
    def from_json(cls, data: dict) -> "PerceiverConfig":
        return cls(**{key: data[key] for key in cls.__dataclass_fields__ if key in data})


def attend(q: Tensor, k: Tensor, v: Tensor, heads: int, mask: Tensor | None = None) -> Tensor:
    """Multi-head attention. q [B or 1, Q, qk], k [B, K, qk], v [B, K, v], mask [B, K] bool or None (True: attend).

    Returns [B, Q, v]. Scores are divided by sqrt(qk / heads).
    """
    batch = k.shape[0]

    def split(x: Tensor) -> Tensor:
        return x.expand(batch, -1, -1).unflatten(-1, (heads, -1)).transpose(1, 2)

    bias = None if mask is None else mask[:, None, None, :]
    out = F.scaled_dot_product_attention(split(q), split(k), split(v), attn_mask=bias)
    return out.transpose(1, 2).flatten(2)


class Projections(nn.Module):
    """`PerceiverSelfAttention`: layer norms and query, key, value maps; `kv_dim` None means self-attention."""

    def __init__(self, q_dim: int, kv_dim: int | None, qk: int, v: int):
        super().__init__()
        source = q_dim if kv_dim is None else kv_dim
        self.layernorm1 = nn.LayerNorm(q_dim)
        if kv_dim is not None:
            self.layernorm2 = nn.LayerNorm(kv_dim)
        self.query = nn.Linear(q_dim, qk)
        self.key = nn.Linear(source, qk)
        self.value = nn.Linear(source, v)


class Output(nn.Module):
    """`PerceiverSelfOutput`: the projection behind an attention."""

    def __init__(self, v: int, out: int):
        super().__init__()
        self.dense = nn.Linear(v, out)


class Attention(nn.Module):
    """`PerceiverAttention`: children `self` and `output`, as in Hugging Face."""

    def __init__(self, q_dim: int, kv_dim: int | None, qk: int, v: int, out: int):
        super().__init__()
        self.add_module("self", Projections(q_dim, kv_dim, qk, v))
        self.output = Output(v, out)


class MLP(nn.Module):
    """`PerceiverMLP` with the exact (erf) GELU."""

    def __init__(self, dim: int, widening: int):
        super().__init__()
        self.dense1 = nn.Linear(dim, widening * dim)
        self.dense2 = nn.Linear(widening * dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.dense2(F.gelu(self.dense1(x)))


class Layer(nn.Module):
    """`PerceiverLayer`: attention, optional query residual, then layer norm and MLP with residual."""

    def __init__(self, q_dim: int, kv_dim: int | None, qk: int, v: int, heads: int, widening: int, residual: bool):
        super().__init__()
        self.heads, self.residual = heads, residual
        self.attention = Attention(q_dim, kv_dim, qk, v, q_dim if kv_dim is not None else v)
        self.layernorm = nn.LayerNorm(q_dim)
        self.mlp = MLP(q_dim, widening)

    @property
    def projections(self) -> Projections:
        return getattr(self.attention, "self")

    def finish(self, query: Tensor, context: Tensor) -> Tensor:
        """From the attention's context [B, Q, v] to the layer's result [B, Q, q_dim]."""
        x = self.attention.output.dense(context)
        if self.residual:
            x = x + query
        return x + self.mlp(self.layernorm(x))

    def keys_values(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        p = self.projections
        normed = p.layernorm2(inputs)
        return p.key(normed), p.value(normed)

    def cross(self, query: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """Cross-attention of `query` [B or 1, Q, q_dim] over ready keys and values."""
        p = self.projections
        q = p.query(p.layernorm1(query))
        return self.finish(query, attend(q, keys, values, self.heads, mask))

    def forward(self, x: Tensor) -> Tensor:
        """Self-attention over x [B, N, q_dim]; the three maps run as one product."""
        p = self.projections
        weight = torch.cat([p.query.weight, p.key.weight, p.value.weight])
        bias = torch.cat([p.query.bias, p.key.bias, p.value.bias])
        sizes = [p.query.out_features, p.key.out_features, p.value.out_features]
        q, k, v = F.linear(p.layernorm1(x), weight, bias).split(sizes, -1)
        return self.finish(x, attend(q, k, v, self.heads))


class Encoder(nn.Module):
    """`PerceiverEncoder`: one cross-attention, then `num_blocks` times the same self-attention layers."""

    def __init__(self, config: PerceiverConfig, kv_dim: int):
        super().__init__()
        c = config
        self.num_blocks = c.num_blocks
        self.cross_attention = Layer(
            c.d_latents, kv_dim, c.qk_channels, c.v_channels, c.num_cross_attention_heads,
            c.cross_attention_widening_factor, c.use_query_residual,
        )
        self.self_attends = nn.ModuleList(
            Layer(c.d_latents, None, c.qk_channels, c.v_channels, c.num_self_attention_heads,
                  c.self_attention_widening_factor, True)
            for _ in range(c.num_self_attends_per_block)
        )

    def process(self, x: Tensor) -> Tensor:
        for _ in range(self.num_blocks):
            for layer in self.self_attends:
                x = layer(x)
        return x


class Latents(nn.Module):
    """`PerceiverEmbeddings`: the trained latent array."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        self.latents = nn.Parameter(torch.empty(config.num_latents, config.d_latents))


class TrainedPositions(nn.Module):
    """`PerceiverTrainablePositionEncoding`: a table of positions, here the decoder's queries."""

    def __init__(self, length: int, channels: int):
        super().__init__()
        self.position_embeddings = nn.Parameter(torch.empty(length, channels))


def linear_fourier_positions(height: int, width: int, bands: int = 64, resolution: int = 224) -> Tensor:
    """Fourier position features of a grid, float32 [height * width, 2 + 4 * bands].

    Columns: position (row, column) in [-1, 1], sin (rows' bands, columns' bands), cos (the same). Frequencies are
    linspace(1, resolution / 2, bands) times pi. Source: `generate_fourier_features` of transformers.
    """
    grid = torch.stack(
        torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij"), -1
    ).reshape(-1, 2)
    frequencies = torch.linspace(1.0, resolution / 2, bands)
    angles = (grid[:, :, None] * frequencies).flatten(1) * math.pi
    return torch.cat([grid, angles.sin(), angles.cos()], -1)
