"""Clusters of the phase: pixels joined through their edges (4-connected)."""

import numpy as np
from scipy import ndimage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def label_clusters(image: np.ndarray, periodic: bool = False) -> np.ndarray:
    """Number the 4-connected clusters of a 0/1 image (H, W) from 1; 0 is the other phase.

    With `periodic` a cluster continues across opposite edges.
    """
    labels, n_labels = ndimage.label(image)
    if periodic and n_labels:
        edges = ((labels[0], labels[-1]), (labels[:, 0], labels[:, -1]))
        near, far = (np.concatenate(side) for side in zip(*edges, strict=True))
        joined = (near > 0) & (far > 0)
        links = coo_array(
            (np.ones(joined.sum(), bool), (near[joined], far[joined])), (n_labels + 1,) * 2
        )
        labels = connected_components(links, directed=False)[1].astype(np.int32)[labels]
        labels = np.where(image, labels + 1, 0)
    return labels.astype(np.int32)
