"""The two heads trained here: `PerceiverForImageClassificationFourier` and `PerceiverForMaskedLM`."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .perceiver import Encoder, Latents, Layer, PerceiverConfig, TrainedPositions, linear_fourier_positions

LAYER_NORM_EPSILON = 1e-5


class ClassificationDecoder(nn.Module):
    """`PerceiverClassificationDecoder`: one query, one head, query residual; the extra `decoder` level is HF's."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        d = config.d_latents
        self.decoder = nn.Module()
        self.decoder.output_position_encodings = TrainedPositions(1, d)
        self.decoder.decoding_cross_attention = Layer(d, d, d, d, 1, 1, True)
        self.decoder.final_layer = nn.Linear(d, len(config.id2label))

    def forward(self, latents: Tensor) -> Tensor:
        layer = self.decoder.decoding_cross_attention
        query = self.decoder.output_position_encodings.position_embeddings[None]
        return self.decoder.final_layer(layer.cross(query, *layer.keys_values(latents)))[:, 0]


class ImageFourierClassifier(nn.Module):
    """`PerceiverForImageClassificationFourier`: raw pixels with 64 Fourier bands at resolution 224, 261 channels."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        self.config = config
        self.perceiver = nn.Module()
        self.perceiver.embeddings = Latents(config)
        self.perceiver.encoder = Encoder(config, 261)
        self.perceiver.decoder = ClassificationDecoder(config)
        self._positions: dict[tuple[int, int], Tensor] = {}

    def positions(self, height: int, width: int) -> Tensor:
        """Position features [height * width, 258], made once per grid."""
        key = (height, width)
        if key not in self._positions:
            self._positions[key] = linear_fourier_positions(height, width)
        return self._positions[key]

    def folded_keys_values(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values [B, H*W, qk], [B, H*W, v] of images [B, 3, H, W] without making the 261 channels per image.

        A row is [rgb, position] and layer norm is affine once its mean m and 1/std r are known. With Wg = W * gamma:
        W @ norm(row) + b = r * (Wg_rgb @ rgb + Wg_pos @ position - m * rowsum(Wg)) + W @ beta + b, where the
        position term is the same for every image. Exact up to rounding.
        """
        p = self.perceiver.encoder.cross_attention.projections
        positions = self.positions(*images.shape[-2:])
        rgb = images.flatten(2).transpose(1, 2)
        channels = 3 + positions.shape[1]
        mean = (rgb.sum(-1, keepdim=True) + positions.sum(-1, keepdim=True)) / channels
        square = (rgb.square().sum(-1, keepdim=True) + positions.square().sum(-1, keepdim=True)) / channels
        r = (square - mean.square() + LAYER_NORM_EPSILON).rsqrt()
        weight = torch.cat([p.key.weight, p.value.weight])
        constant = F.linear(p.layernorm2.bias, weight, torch.cat([p.key.bias, p.value.bias]))
        scaled = weight * p.layernorm2.weight
        per_position = positions @ scaled[:, 3:].T
        per_image = torch.cat([scaled[:, :3], -scaled.sum(1, keepdim=True)], 1)
        rows = (torch.cat([rgb, mean], -1) @ per_image.T + per_position) * r + constant
        return rows.split([p.key.out_features, p.value.out_features], -1)

    def plain_keys_values(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The same as `folded_keys_values`, written as Hugging Face does it."""
        rgb = images.flatten(2).transpose(1, 2)
        rows = torch.cat([rgb, self.positions(*images.shape[-2:]).expand(len(rgb), -1, -1)], -1)
        return self.perceiver.encoder.cross_attention.keys_values(rows)

    def forward(self, images: Tensor) -> Tensor:
        """Normalised images [B, 3, H, W] to logits [B, labels]."""
        encoder = self.perceiver.encoder
        keys, values = self.folded_keys_values(images)
        latents = encoder.cross_attention.cross(self.perceiver.embeddings.latents[None], keys, values)
        return self.perceiver.decoder(encoder.process(latents))


class TextPreprocessor(nn.Module):
    """`PerceiverTextPreprocessor`: byte embedding plus learned position."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        self.embeddings = nn.Embedding(config.vocab_size, config.d_model)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.d_model)


class MaskedLanguageDecoder(nn.Module):
    """`PerceiverBasicDecoder` as `PerceiverForMaskedLM` makes it: width 256 in 8 heads, values `d_model`, no query
    residual, no final projection."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        d = config.d_model
        self.output_position_encodings = TrainedPositions(config.max_position_embeddings, d)
        self.decoding_cross_attention = Layer(d, config.d_latents, 256, d, 8, 1, False)


class EmbeddingDecoder(nn.Module):
    """`PerceiverEmbeddingDecoder`: only the bias is its own; the matrix is the byte embedding."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(config.vocab_size))


class TextMaskedLM(nn.Module):
    """`PerceiverForMaskedLM`."""

    def __init__(self, config: PerceiverConfig):
        super().__init__()
        self.config = config
        self.perceiver = nn.Module()
        self.perceiver.input_preprocessor = TextPreprocessor(config)
        self.perceiver.embeddings = Latents(config)
        self.perceiver.encoder = Encoder(config, config.d_model)
        self.perceiver.decoder = MaskedLanguageDecoder(config)
        self.embedding_decoder = EmbeddingDecoder(config)

    def latents(self, ids: Tensor, mask: Tensor | None) -> Tensor:
        """Token ids [B, T] and mask [B, T] (bool, True: attend) to latents [B, N, d_latents]."""
        text, encoder = self.perceiver.input_preprocessor, self.perceiver.encoder
        rows = text.embeddings(ids) + text.position_embeddings.weight[: ids.shape[1]]
        keys, values = encoder.cross_attention.keys_values(rows)
        return encoder.process(encoder.cross_attention.cross(self.perceiver.embeddings.latents[None], keys, values, mask))

    def decode(self, latents: Tensor, positions: Tensor | None = None) -> Tensor:
        """Logits [B, Q, vocab] at positions [B, Q] (I64), or at all `max_position_embeddings` when None.

        The decoder's queries depend on the position alone, so they are projected once and gathered.
        """
        layer = self.perceiver.decoder.decoding_cross_attention
        p = layer.projections
        table = self.perceiver.decoder.output_position_encodings.position_embeddings
        queries = p.query(p.layernorm1(table))
        queries = queries[None] if positions is None else F.embedding(positions, queries)
        keys, values = layer.keys_values(latents)
        heads = layer.heads
        split = [x.expand(len(latents), -1, -1).unflatten(-1, (heads, -1)).transpose(1, 2) for x in (queries, keys, values)]
        context = F.scaled_dot_product_attention(*split).transpose(1, 2).flatten(2)
        out = layer.finish(context, context)
        return F.linear(out, self.perceiver.input_preprocessor.embeddings.weight, self.embedding_decoder.bias)

    def forward(self, ids: Tensor, mask: Tensor | None = None, positions: Tensor | None = None) -> Tensor:
        """Token ids [B, T] to logits [B, Q, vocab]; see `latents` and `decode`."""
        return self.decode(self.latents(ids, mask), positions)
