"""Decision trees as plain arrays, and how they vote."""

from dataclasses import dataclass, fields

import numpy as np
from numba import njit

LEAF = -1  # in place of a feature
CHUNK = 256  # pixels that a tree is asked for in one go


@dataclass(frozen=True)
class Trees:
    """Decision trees, their nodes one after another; a node stands before its children.

    Attributes
    ----------
    roots : (trees,) int32, the first node of each.
    feature : (nodes,) int16, the feature that a node looks at; -1 for a leaf.
    threshold : (nodes,) float32; pixels whose feature does not exceed it go left.
    left, right : (nodes,) int32, the children; of a leaf `left` is its row of `shares`.
    shares : (leaves, classes) float32, of each class among a leaf's labelled pixels.
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    shares: np.ndarray

    def check(self, n_features: int) -> None:
        """Raise ValueError unless a walk from any root ends at a leaf that is there."""
        kinds = {name: (array.dtype.str, array.ndim) for name, array in vars(self).items()}
        wanted = dict(zip(kinds, zip(DTYPES, (1, 1, 1, 1, 1, 2), strict=True), strict=True))
        if kinds != wanted:
            raise ValueError("arrays of other types or dimensions")
        nodes, leaf = np.arange(len(self.feature)), self.feature == LEAF
        same_length = {len(self.feature), len(self.threshold), len(self.left), len(self.right)}
        fit = (
            len(same_length) == 1
            and len(self.roots) > 0
            and _within(self.roots, 0, len(nodes))
            and _within(self.feature, LEAF, n_features)
            and _within(self.left[leaf], 0, len(self.shares))
            and all(
                (children[~leaf] > nodes[~leaf]).all() and _within(children[~leaf], 0, len(nodes))
                for children in (self.left, self.right)
            )
        )
        if not fit:
            raise ValueError("nodes or leaves that do not exist")

    def votes(self, features: np.ndarray) -> np.ndarray:
        """Return how probable each class is, the mean of the trees' leaves.

        Parameters
        ----------
        features : (features, pixels) float32.

        Returns
        -------
        (classes, pixels) float32.
        """
        arrays = (getattr(self, field.name) for field in fields(self))
        return _votes(features, *arrays)


DTYPES = tuple(np.dtype(kind).str for kind in ("i4", "i2", "f4", "i4", "i4", "f4"))


def _within(values: np.ndarray, first: int, end: int) -> bool:
    return not len(values) or (values.min() >= first and values.max() < end)


def trees_of(estimators, n_classes: int, classes_seen: np.ndarray) -> Trees:
    """Take the trees out of fitted ones of scikit-learn.

    Parameters
    ----------
    estimators : the fitted trees.
    classes_seen : the number of each class that they tell, of `n_classes`.
    """
    parts = {name: [] for name in Trees.__dataclass_fields__}
    node, leaf = 0, 0
    for tree in (estimator.tree_ for estimator in estimators):
        is_leaf = tree.children_left < 0
        rows = leaf + np.cumsum(is_leaf) - 1
        shares = np.zeros((is_leaf.sum(), n_classes), np.float32)
        counts = tree.value[is_leaf, 0]
        shares[:, classes_seen] = counts / counts.sum(axis=1, keepdims=True)
        parts["roots"].append([node])
        parts["feature"].append(np.where(is_leaf, LEAF, tree.feature))
        parts["threshold"].append(_not_above(tree.threshold))
        parts["left"].append(np.where(is_leaf, rows, node + tree.children_left))
        parts["right"].append(np.where(is_leaf, 0, node + tree.children_right))
        parts["shares"].append(shares)
        node, leaf = node + len(is_leaf), leaf + len(shares)
    joined = map(np.concatenate, parts.values())
    return Trees(*(np.ascontiguousarray(a, d) for a, d in zip(joined, DTYPES, strict=True)))


def _not_above(threshold: np.ndarray) -> np.ndarray:
    """The largest float32 that is not above: features are float32, and compare as before."""
    rounded = threshold.astype(np.float32)
    return np.where(rounded > threshold, np.nextafter(rounded, np.float32(-np.inf)), rounded)


@njit(nogil=True, cache=True)
def _votes(features, roots, feature, threshold, left, right, shares):
    n_features, pixels = features.shape
    n_classes = shares.shape[1]
    votes = np.zeros((n_classes, pixels), np.float32)
    some = np.empty((CHUNK, n_features), np.float32)
    count = np.float32(len(roots))
    for first in range(0, pixels, CHUNK):
        number = min(CHUNK, pixels - first)
        for name in range(n_features):
            for at in range(number):
                some[at, name] = features[name, first + at]
        for root in roots:
            for at in range(number):
                node = root
                while feature[node] >= 0:
                    goes_left = some[at, feature[node]] <= threshold[node]
                    node = left[node] if goes_left else right[node]
                for value in range(n_classes):
                    votes[value, first + at] += shares[left[node], value]
    return votes / count
