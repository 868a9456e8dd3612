"""Cut out the fields in which the model doubts most, to be painted next."""

from pathlib import Path

import pandas as pd
import tifffile

from rockrec.housekeeping.logbook import logged
from rockrec.housekeeping.outputs import written_whole
from rockrec.mosaics import open_mosaic
from rockrec.segmentation.confidence import read_summary
from rockrec.segmentation.paint_next import as_labels, doubtful_fields

COLUMNS = ["image", "row", "column", "height", "width", "doubt"]


@logged(snakemake)
def main():
    inputs, outputs, sample = snakemake.input, snakemake.output, snakemake.wildcards.sample
    folder, micron = Path(outputs.images), snakemake.params.pixel_size_nm / 1000
    with open_mosaic(inputs.confidence) as confidence, open_mosaic(inputs.denoised) as mosaic:
        cell_px = read_summary(inputs.summary)["cell_px"]
        fields = doubtful_fields(confidence[:], cell_px, mosaic.shape)
        for number, field in enumerate(fields, start=1):
            rows, columns = (
                slice(field[first], field[first] + field[side])
                for first, side in (("row", "height"), ("column", "width"))
            )
            field["image"] = f"{folder.name}/field_{number:02}.tif"
            with written_whole(folder.parent / field["image"]) as partial:
                tifffile.imwrite(
                    partial,
                    mosaic[rows, columns],
                    imagej=True,
                    resolution=(1 / micron, 1 / micron),
                    metadata={"unit": "um"},
                )
    painted = [f"resources/{sample}_{Path(field['image']).stem}.tif" for field in fields]
    with written_whole(folder / "labels.yaml") as partial:
        partial.write_text(as_labels(fields, painted, snakemake.params.labels), encoding="utf-8")
    with written_whole(outputs.table) as partial:
        pd.DataFrame(fields, columns=COLUMNS).to_csv(partial, index=False)


main()
