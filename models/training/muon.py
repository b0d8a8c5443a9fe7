"""Muon: momentum whose update is orthogonalised (Jordan et al. 2024), for the hidden matrices."""

import torch
from torch import Tensor


def orthogonalise(stack: Tensor, steps: int = 5) -> Tensor:
    """Quintic Newton-Schulz iteration towards the nearest orthogonal matrices of a stack [S, rows, columns]."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = stack.mT if stack.shape[1] > stack.shape[2] else stack
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if stack.shape[1] > stack.shape[2] else x


class Muon(torch.optim.Optimizer):
    """Nesterov momentum 0.95 with orthogonalised updates; matrices of one shape are handled in one stack."""

    def __init__(self, params, lr: float, momentum: float = 0.95):
        super().__init__(params, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure=None) -> None:
        for group in self.param_groups:
            shapes: dict[torch.Size, list[Tensor]] = {}
            for p in group["params"]:
                if p.grad is not None:
                    shapes.setdefault(p.shape, []).append(p)
            for shape, members in shapes.items():
                grads = [p.grad for p in members]
                for p in members:
                    if "momentum" not in self.state[p]:
                        self.state[p]["momentum"] = torch.zeros_like(p)
                buffers = [self.state[p]["momentum"] for p in members]
                torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
                ahead = torch._foreach_lerp(grads, buffers, group["momentum"])
                update = orthogonalise(torch.stack(ahead))
                scale = max(1.0, shape[0] / shape[1]) ** 0.5
                torch._foreach_add_(members, list(update.unbind()), alpha=-group["lr"] * scale)
