"""Makes models/runtime/check-expected.ts: logits of the shipped vector's model by transformers in float32.

    pip install torch==2.13.0 transformers==5.17.0 && python scripts/make-check-vector.py

The order of the parameters and the generator are those of models/runtime/seeded-model.ts.
"""
import base64
import re
from pathlib import Path

import numpy as np
import torch
from transformers import PerceiverConfig, PerceiverForMaskedLM

IDS = [4, 10, 17, 3, 3, 25, 30, 39, 8, 3, 22, 5]
CONFIG = PerceiverConfig(
    vocab_size=40, max_position_embeddings=12, d_model=32, d_latents=32, num_latents=16, num_blocks=2, num_self_attends_per_block=2,
    num_self_attention_heads=4, num_cross_attention_heads=2, qk_channels=32, v_channels=32,
)  # fmt: skip


def mulberry32(seed: int):
    """32-bit arithmetic of seeded-model.ts; floats in [-1, 1)."""
    mask, state = 0xFFFFFFFF, seed
    while True:
        state = (state + 0x6D2B79F5) & mask
        t = (state ^ (state >> 15)) * (state | 1) & mask
        t = (t + ((t ^ (t >> 7)) * (t | 61) & mask) & mask) ^ t
        yield (t ^ (t >> 14)) / 2147483648 - 1


def layer(name: str, cross: bool) -> list[str]:
    parts = ["attention.self.layernorm1"] + (["attention.self.layernorm2"] if cross else [])
    parts += [f"attention.self.{part}" for part in ("query", "key", "value")]
    parts += ["attention.output.dense", "layernorm", "mlp.dense1", "mlp.dense2"]
    return [f"{name}.{part}.{kind}" for part in parts for kind in ("weight", "bias")]


def order() -> list[str]:
    names = ["perceiver.embeddings.latents", *layer("perceiver.encoder.cross_attention", True)]
    for index in range(CONFIG.num_self_attends_per_block):
        names += layer(f"perceiver.encoder.self_attends.{index}", False)
    names += layer("perceiver.decoder.decoding_cross_attention", True)
    pre = "perceiver.input_preprocessor"
    return names + [f"{pre}.embeddings.weight", f"{pre}.position_embeddings.weight",
                    "perceiver.decoder.output_position_encodings.position_embeddings", "embedding_decoder.bias"]  # fmt: skip


model = PerceiverForMaskedLM(CONFIG).eval()
state, stream = model.state_dict(), mulberry32(7)
for name in order():
    centre = 1 if re.search(r"layernorm\d?\.weight$", name) else 0
    values = [np.float32(centre + next(stream) / 2) for _ in range(state[name].numel())]
    state[name].copy_(torch.tensor(np.array(values)).reshape(state[name].shape))
with torch.no_grad():
    logits = model(inputs=torch.tensor([IDS]), attention_mask=torch.ones(1, len(IDS))).logits[0].float().numpy()
text = base64.b64encode(logits.astype("<f4").tobytes()).decode()
out = Path(__file__).parents[1] / "models" / "runtime" / "check-expected.ts"
out.write_text(
    "/** Made by scripts/make-check-vector.py: float32 logits [12, 40] of the shipped vector, base64. */\n"
    f"export const CHECK_EXPECTED =\n  '{text}';\n"
)
print(out, logits.shape, "spread", float(logits.std()), "first", logits[0, :3])
