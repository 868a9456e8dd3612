"""Small made-up outputs of the stages, with the columns of the real files."""

import numpy as np
import pandas as pd

from rockrec.report.story import TileSet

LAGS = np.arange(32)
PIXEL_UM = 0.2
ORDERS = {"S2": 2, "P3H": 3, "P3V": 3, "P4": 4, "P6": 6}


def tiles(seed, n=8, size=64, pores=9, angle=30, elongation=3.0):
    """Draw elongated pores that share a direction."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size]
    stack = np.zeros((n, size, size), dtype=np.uint8)
    for tile in stack:
        for _ in range(pores):
            row, column = rng.uniform(0, size, 2)
            turn = np.radians(angle + rng.normal(0, 15))
            minor = rng.lognormal(0.5, 0.4)
            along = (columns - column) * np.cos(turn) - (rows - row) * np.sin(turn)
            across = (columns - column) * np.sin(turn) + (rows - row) * np.cos(turn)
            tile[(along / (elongation * minor)) ** 2 + (across / minor) ** 2 <= 1] = 1
    return stack


def curves(fraction=0.2, length=6.0, shift=0.0, n=128):
    """P_n and F_n that decay exponentially, and L; `shift` raises the higher orders."""
    parts = []
    for name, order in ORDERS.items():
        decay = np.exp(-LAGS / length)
        mean = fraction**order + (fraction - fraction**order) * decay ** (order - 1)
        mean += shift * (order - 2) * fraction * decay * (1 - decay)
        f = (mean - fraction**order) / (fraction - fraction**order)
        parts.append(curve_lines(name, "P", "mean", mean, n))
        parts += [curve_lines(name, "F", form, f, n) for form in ("pooled", "per_image")]
    lineal = fraction * np.exp(-LAGS / (length * (1 + shift) / 2))
    parts.append(curve_lines("L", "P", "mean", lineal, n))
    return pd.concat(parts, ignore_index=True)


def curve_lines(descriptor, quantity, form, mean, n):
    half = 0.03 * np.abs(mean) + 1e-5
    return pd.DataFrame(
        {
            "descriptor": descriptor,
            "quantity": quantity,
            "form": form,
            "boundary": "unbiased",
            "lag_px": LAGS,
            "lag_um": LAGS * PIXEL_UM,
            "mean": mean,
            "low": mean - half,
            "high": mean + half,
            "n": n,
        }
    )


def res_tables(sizes=(64, 128, 256, 512), chosen=256, pixel_um=0.05):
    """Curves and errors of a RES analysis; `chosen` None: no size is representative."""
    curve_parts, error_lines = [], []
    for form in ("pooled", "per_image"):
        for size in sizes:
            lags = np.arange(size // 2)
            mean = np.exp(-lags / 12) - 3 / size * (1 - np.exp(-lags / 12)) * np.cos(lags / 20)
            table = pd.DataFrame(
                {
                    "descriptor": "S2",
                    "size_px": size,
                    "size_um": size * pixel_um,
                    "form": form,
                    "lag_px": lags,
                    "lag_um": lags * pixel_um,
                    "mean": mean,
                }
            )
            table["low"], table["high"], table["n"] = mean - 0.01, mean + 0.01, 30
            curve_parts.append(table)
            error = (3 / size) ** 2 / 2
            error_lines.append(
                {
                    "descriptor": "S2",
                    "size_px": size,
                    "size_um": size * pixel_um,
                    "form": form,
                    "error": error,
                    "error_low": error / 2,
                    "error_high": error * 2,
                    "threshold": 1e-4,
                    "res": size == chosen,
                }
            )
    return pd.concat(curve_parts, ignore_index=True), pd.DataFrame(error_lines)


def res_references(grows=False, largest=(128, 256, 512)):
    """The RES relative to several largest sizes."""
    return pd.DataFrame(
        [
            {
                "form": form,
                "largest_px": size,
                "res_px": size / 2 if grows else 60.0,
                "low_px": 40.0,
                "high_px": 80.0,
                "draws_low_px": 50.0,
                "draws_high_px": 70.0,
                "grows": grows,
            }
            for form in ("pooled", "per_image")
            for size in largest
        ]
    )


def gan_history(steps=400, every=25, kept=300, seed=0):
    rng = np.random.default_rng(seed)
    step = np.arange(1, steps + 1)
    check = step % every == 0
    error = 1e-3 * np.exp(-step / 80) + 2e-6 * rng.lognormal(0, 0.5, steps)
    return pd.DataFrame(
        {
            "step": step,
            "seconds": step * 0.2,
            "loss_generator": rng.normal(0, 1 + 10 / step),
            "loss_discriminator": rng.normal(-1, 1 + 10 / step),
            "score_real": 1.0,
            "score_fake": -1.0,
            "phase_fraction": 0.2,
            "s2_error": np.where(check, error, np.nan),
            "s2_floor": np.where(check, 1e-6, np.nan),
            "s2_error_raw": np.where(check, 2 * error, np.nan),
            "score": np.where(check, 1 + error / 1e-6, np.nan),
            "guard": np.where(check, 2.0, np.nan),
            "kept": step == kept,
        }
    )


def annealing_history(realisations=3, stages=40):
    stage = np.tile(np.arange(stages), realisations)
    return pd.DataFrame(
        {
            "realisation": np.repeat(np.arange(realisations), stages),
            "stage": stage,
            "temperature": 1e-4 * 0.9**stage,
            "energy": 1e-2 * 0.8**stage * (1 + np.repeat(np.arange(realisations), stages)),
            "acceptance": 0.9 * 0.93**stage,
        }
    )


def errors(methods=("real", "sa", "wgan_gp")):
    """Errors against held-out and train tiles; sa is off on higher orders, wgan_gp on L."""
    off = {("sa", "P6"): 40.0, ("sa", "L"): 12.0, ("wgan_gp", "L"): 4.0}
    lines = []
    for method in methods:
        against = ("heldout",) if method == "real" else ("heldout", "train")
        for part in against:
            for name in (*ORDERS, "L"):
                forms = [("P", "mean"), ("P", "at_phi")]
                if name != "L":
                    forms += [("F", "pooled"), ("F", "per_image")]
                ratio = off.get((method, name), 1.1)
                lines += [error_line(method, part, name, *form, ratio) for form in forms]
            lines.append(error_line(method, part, "S2", "scalar", "spread", 1.2))
            for name in ("phase_fraction", "euler_number", "perimeter"):
                lines.append(error_line(method, part, name, "scalar", "mean", 0.9))
    return pd.DataFrame(lines)


def error_line(method, against, descriptor, quantity, form, ratio):
    floor = 2e-6
    p = 0.001 if ratio > 3 else 0.4
    return {
        "method": method,
        "replicate": "" if method == "real" else "1",
        "against": against,
        "descriptor": descriptor,
        "quantity": quantity,
        "form": form,
        "boundary": "unbiased",
        "lags": 1 if quantity == "scalar" else 32,
        "n_a": 128,
        "n_b": 128,
        "targeted": method == "sa" and descriptor == "S2",
        "error": ratio * floor,
        "floor": floor,
        "ratio": ratio,
        "ratio_low": ratio * 0.7,
        "ratio_high": ratio * 1.6,
        "p": p,
        "verdict": "differs from real" if p < 0.05 else "cannot be told from real",
        "tiles_needed": float("nan"),
        "one_phase_a": 0.0,
        "one_phase_b": 0.0,
        "phi_sd_a": 0.02,
        "phi_sd_b": 0.02,
    }


def scores():
    lines = []
    for model in ("forest", "trained"):
        for name, iou in (("pores", 0.91), ("rest", 0.97)):
            lines.append(
                {
                    "part": "unseen places",
                    "class": name,
                    "name": f"name of {name}",
                    "iou": iou,
                    "f1": 2 * iou / (1 + iou),
                    "precision": 0.95,
                    "recall": 0.96,
                    "model": model,
                    "boundary_f1": 0.8,
                    "fraction_labelled": 0.3,
                    "fraction_predicted": 0.31,
                    "pixels": 12345,
                    "predicted_pores": 11800,
                    "predicted_rest": 545,
                    "advice": np.nan,
                }
            )
    return pd.DataFrame(lines)


def forest_scores():
    """Scores of a forest with pores in a single place: neither class can be judged elsewhere."""
    told = scores().query("model == 'forest'")
    numbers = ["iou", "f1", "precision", "recall", "boundary_f1", "fraction_labelled"]
    told[[*numbers, "fraction_predicted", "predicted_pores", "predicted_rest"]] = np.nan
    return told.assign(advice="class 1 is labelled in a single place; paint it in another one")


def tile_set(**changes):
    """100 training windows and 40 held-out ones of 256 px, reduced to 128 px."""
    told = {
        "experiment": "comparison",
        "sample": "rock",
        "window": 256,
        "size": 128,
        "pixel_size_nm": 100.0,
        "windows": 200,
        "train": 100,
        "validation": 20,
        "heldout": 40,
        "fraction_train": 0.2,
        "fraction_heldout": 0.21,
    }
    return TileSet(**(told | changes))


def faults_of(*found, classifier=0.5):
    """A table of faults in which wgan_gp has these, and real tiles none."""
    names = ("repeated_pattern", "low_spread", "checkerboard_power", "memorised_tiles")
    lines = [
        (method, replicate, name, "found" if method == "wgan_gp" and name in found else "not found")
        for method, replicate in (("real", ""), ("sa", "1"), ("wgan_gp", "1"))
        for name in names
    ]
    lines.append(("wgan_gp", "1", "classifier", "found" if classifier > 0.5 else "not found"))
    table = pd.DataFrame(lines, columns=["method", "replicate", "diagnosis", "verdict"])
    return table.assign(
        sample="rock", experiment="comparison", value=classifier, threshold=0.5, where=""
    )


def novelty():
    """Of sa two thirds are copied in small pieces, and fewer in large ones."""
    lines = [
        ("real", "", 24, 0.19, 1.0, 0.9, 1.1, "not found"),
        ("real", "", 48, 0.15, 1.0, 0.6, 1.7, "not found"),
        ("sa", "1", 24, 0.65, 0.43, 0.32, 0.56, "found"),
        ("sa", "1", 48, 0.53, 0.56, 0.01, 1.23, "not found"),
    ]
    columns = ["method", "replicate", "side_px", "copied", "novelty", "novelty_low"]
    table = pd.DataFrame(lines, columns=[*columns, "novelty_high", "verdict"])
    real = table["side_px"].map({24: 0.19, 48: 0.15})
    return table.assign(
        tiles=64, pieces=400, unlike=0.02, copied_real=real, copied_control=0.99, searched=1.0
    )
