"""The descriptors on tensors: for a batch on a GPU, and differentiable for gray images.

P_n is the mean over origins of the product of the vertices' pixels. On 0/1 images that is the
share of origins whose vertices all lie in the phase; on gray images in [0, 1] it is smooth.
"""

from collections.abc import Iterable, Mapping

import torch

from rockrec.descriptors.counting import ENDS, origin_windows, vertex_table
from rockrec.descriptors.curves import FUNCTIONS, Function, checked_lags, named_functions, parts_of


def describe_torch(
    images: torch.Tensor,
    functions: Iterable[str] | Mapping[str, Function] = FUNCTIONS,
    boundary: str = "unbiased",
    lags: Iterable[int] | None = None,
) -> dict[str, torch.Tensor]:
    """Descriptors of a batch on its device.

    Parameters
    ----------
    images : (n, H, W) or (n, 1, H, W). Bool or integer 0/1: counted exactly. Floating in
        [0, 1]: differentiable, in float32 at least.
    functions, boundary : as in `describe`, but no C2, which has no soft form.
    lags : the lags wanted, by default 0 ... half the shorter side - 1.

    Returns
    -------
    For each function a tensor (n, lags), float64 if exact; NaN where no origin fits. Memory
    for the gradient is a few images for polytopes, and one image per lag up to the largest
    for L.

    Raises
    ------
    ValueError : as in `describe`, and for values outside [0, 1] or lags beyond the image.
    """
    stack = _checked_stack(images)
    shape = tuple(stack.shape[1:])
    named = named_functions(functions, boundary)
    if "C2" in named.values():
        raise ValueError("C2 has no form for tensors: clusters are not differentiable")
    lags = range(checked_lags(None, shape, boundary)) if lags is None else list(lags)
    if not lags or min(lags) < 0:
        raise ValueError(f"lags must be 0 or more, and at least one: {list(lags)}")
    n_lags = checked_lags(max(lags) + 1, shape, boundary)

    if boundary == "amiri2023":
        stack = torch.nn.functional.pad(stack, (0, 1, 0, 1))
    wraps = boundary != "unbiased"
    means = {}
    for part in {part for function in named.values() for part in parts_of(function)}:
        if part in ENDS:
            lines = stack if part == "LH" else stack.transpose(1, 2)
            means[part] = _mean_segments(lines, lags, wraps)
        else:
            windows = origin_windows(part, shape, boundary, n_lags)
            means[part] = _mean_polytopes(stack, vertex_table(part, n_lags), windows, lags, wraps)
    return {
        key: torch.stack([means[part] for part in parts_of(function)]).mean(dim=0)
        for key, function in named.items()
    }


def _checked_stack(images: torch.Tensor) -> torch.Tensor:
    if images.ndim == 4 and images.shape[1] == 1:
        images = images[:, 0]
    if images.ndim != 3 or not images.numel():
        raise ValueError(f"images must be (n, H, W) or (n, 1, H, W), not {tuple(images.shape)}")
    if not images.is_floating_point():
        allowed = (images == 0) | (images == 1)
        stack = images.to(torch.uint8)
    else:
        allowed = (images >= 0) & (images <= 1)
        stack = images if images.dtype == torch.float64 else images.float()
    if not allowed.all():
        kind = "in [0, 1]" if images.is_floating_point() else "0 and 1"
        raise ValueError(f"images must hold {kind} only, found {images[~allowed][0].item()}")
    return stack


def _mean(product: torch.Tensor) -> torch.Tensor:
    """Mean over each image (n,): of whole numbers exactly."""
    if product.is_floating_point():
        return product.mean(dim=(1, 2))
    return product.sum(dim=(1, 2), dtype=torch.int64) / torch.tensor(
        product[0].numel(), dtype=torch.float64, device=product.device
    )


def _mean_segments(lines: torch.Tensor, lags: Iterable[int], wraps: bool) -> torch.Tensor:
    """Mean product of r + 1 pixels in a row of each line."""
    size = lines.shape[2]
    further = torch.cat([lines, lines], dim=2) if wraps else lines
    product, at_lag = lines, {0: _mean(lines)}
    for r in range(1, max(lags) + 1):
        length = size if wraps else size - r
        product = product[:, :, :length] * further[:, :, r : r + length]
        at_lag[r] = _mean(product)
    return torch.stack([at_lag[r] for r in lags], dim=1)


def _mean_polytopes(stack, table, windows, lags, wraps):
    """Mean product of the vertices, at each of `lags`."""
    if wraps:
        height, width = stack.shape[1:]
        table = table % (height, width)
        down, right = table.max(axis=(0, 1))
        rows = torch.arange(height + down, device=stack.device) % height
        columns = torch.arange(width + right, device=stack.device) % width
        stack = stack[:, rows][:, :, columns]
    places = [(table[r].tolist(), windows[r].tolist()) for r in lags]
    if stack.is_floating_point():
        return _MeanProducts.apply(stack, places)
    return _mean_products(stack, places)


def _vertex_pixels(stack, offsets, window):
    rows, columns = window
    return [stack[:, y : y + rows, x : x + columns] for y, x in offsets]


def _mean_products(stack, places):
    kind = stack.dtype if stack.is_floating_point() else torch.float64
    means = torch.full((len(stack), len(places)), torch.nan, dtype=kind, device=stack.device)
    for i, (offsets, window) in enumerate(places):
        if window[0]:
            first, *others = _vertex_pixels(stack, offsets, window)
            for pixels in others:
                first = first * pixels
            means[:, i] = _mean(first)
    return means


class _MeanProducts(torch.autograd.Function):
    """Mean products whose backward pass takes the products anew instead of keeping them all."""

    @staticmethod
    def forward(ctx, stack, places):
        ctx.save_for_backward(stack)
        ctx.places = places
        return _mean_products(stack, places)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, by_mean):
        (stack,) = ctx.saved_tensors
        by_pixel = torch.zeros_like(stack)
        for i, (offsets, window) in enumerate(ctx.places):
            if not window[0]:
                continue
            pixels = _vertex_pixels(stack, offsets, window)
            targets = _vertex_pixels(by_pixel, offsets, window)
            weight = (by_mean[:, i] / (window[0] * window[1]))[:, None, None]
            for vertex, target in enumerate(targets):
                product = weight
                for other in pixels[:vertex] + pixels[vertex + 1 :]:
                    product = product * other
                target += product
        return by_pixel, None
