"""A mosaic segmented from file to file: its labels, and how sure the model is of them."""

import os
from collections.abc import Mapping

import numpy as np

from rockrec.mosaics import open_mosaic, open_outside, read_contrast, write_mosaic
from rockrec.segmentation.confidence import Confidence, write_confidence
from rockrec.segmentation.transfer import Bands, segmented


def write_segmented(
    model,
    bands: Bands,
    inputs: Mapping[str, str],
    outputs: Mapping[str, str | os.PathLike],
    *,
    pixel_size_nm: float,
    resample: bool,
    threads: int,
) -> None:
    """Segment a denoised mosaic and write labels and confidence.

    Parameters
    ----------
    model, bands : see `rockrec.segmentation.transfer.segmented`.
    inputs : paths of ``denoised``, ``contrast``, ``model``; ``outside`` and ``inspection`` where
        the mosaic was inspected.
    outputs : paths of ``segmented``, ``confidence`` and its ``summary``.

    Raises
    ------
    TransferError : a mosaic of another pixel size that is not to be resampled.
    """
    confidence = Confidence()
    with (
        open_mosaic(inputs["denoised"], threads=threads) as mosaic,
        open_outside(inputs.get("outside"), inputs.get("inspection")) as outside,
    ):
        labels = segmented(
            model,
            bands,
            mosaic,
            read_contrast(inputs["contrast"]),
            pixel_size_nm=pixel_size_nm,
            resample=resample,
            path=inputs["model"],
            outside=outside,
            confidence=confidence,
        )
        shape = mosaic.shape
        write_mosaic(outputs["segmented"], labels, pixel_size_nm, shape, np.uint8, threads)
    paths = outputs["confidence"], outputs["summary"]
    write_confidence(*paths, confidence, pixel_size_nm, shape, threads)
