"""Methods, and tiles that they are asked for: what does not fit together."""

from collections.abc import Iterator

from rockrec.plain.network_sizes import can_be_drawn, with_automatic_values
from rockrec.plain.records.kinds import KINDS
from rockrec.plain.records.kinds.sa import STARTS, method_started_from
from rockrec_settings.blocks import experiment_samples, for_sample
from rockrec_settings.files import missing, path_mistakes


def method_mistakes(settings: dict) -> Iterator[str]:
    """Yield what the settings of a method forbid, as they hold for each sample."""
    for name, method in settings["methods"].items():
        for sample in [None, *method["per_sample"]]:
            path = f"methods.{name}" + (f".per_sample.{sample}" if sample else "")
            yield from _of_method(path, for_sample(method, sample), settings["run"]["gpus"])


def _of_method(path: str, method: dict, gpus: int) -> Iterator[str]:
    try:
        KINDS[method["kind"]].settings.of(method)
    except ValueError as error:
        yield f"{path}: {error}"
        return
    if method.get("batch") is not None:  # null: by the size of the tile
        yield from _sharing_mistakes(f"{path}.batch: {method['batch']}", method, gpus)
    if "stack" in method:
        where, file = f"{path}.stack", method["stack"]
        yield from path_mistakes(where, file) or missing(where, file)
    if isinstance(targets := method.get("targets"), dict):
        for target, file in targets.items():
            where = f"{path}.targets.{target}"
            yield from path_mistakes(where, file) or missing(where, file)
    for weighted in method.get("weights", {}):
        if weighted not in method["targets"]:
            targets = ", ".join(method["targets"])
            yield f"{path}.weights.{weighted}: is no target; those are {targets}"


def _sharing_mistakes(said: str, method: dict, gpus: int) -> Iterator[str]:
    """A batch that leaves each GPU no whole number of tiles, or too few to compare."""
    compared = KINDS[method["kind"]].tiles_compared
    if method["batch"] % gpus:
        yield f"{said} cannot be shared by run.gpus, {gpus}"
    elif method["batch"] // gpus % compared:
        yield (
            f"{said} leaves {method['batch'] // gpus} tiles to each of run.gpus, {gpus}; its "
            f"discriminator compares groups of {compared} or more"
        )


def start_mistakes(settings: dict) -> Iterator[str]:
    """Yield methods that an annealing cannot start from."""
    for name, experiment in settings["experiments"].items():
        for sample in experiment_samples(settings, name):
            methods = {
                label: for_sample(settings["methods"][label], sample)
                for label in experiment["methods"]
            }
            for label in methods:
                yield from _of_start(label, methods, name)


def _of_start(label: str, methods: dict[str, dict], experiment: str) -> Iterator[str]:
    """A start that is no method of the experiment, comes back to itself, or is of another size."""
    path, chain = f"methods.{label}.start", [label]
    while start := method_started_from(methods[chain[-1]]):
        if start not in methods:
            if len(chain) == 1:
                known = ", ".join([*STARTS, *(name for name in methods if name != label)])
                yield f"{path}: experiments.{experiment} has no method {start!r}; known: {known}"
            return
        if start in chain:
            yield f"{path}: {' starts from '.join([*chain, start])}: none of them can be the first"
            return
        if len(chain) == 1 and methods[label]["size"] != methods[start].get("size"):
            sizes = [methods[one].get("size") or "that of the tiles" for one in (label, start)]
            yield f"{path}: {start} has another size, {sizes[1]}, than {label}, {sizes[0]}"
        chain.append(start)


def tile_mistakes(settings: dict) -> Iterator[str]:
    """Yield what methods cannot draw, or not be trained on, of the sizes of tiles."""
    for name, experiment in settings["experiments"].items():
        for sample in experiment_samples(settings, name):
            tiles = for_sample(experiment["tiles"], sample)
            path = f"experiments.{name}.tiles"
            if sample in experiment["tiles"]["per_sample"]:
                path += f".per_sample.{sample}"
            if tiles["window"] % tiles["size"]:
                yield (
                    f"{path}.window: {tiles['window']} is no whole multiple of size {tiles['size']}"
                )
            for label in experiment["methods"]:
                method = for_sample(settings["methods"][label], sample)
                yield from _of_size(
                    f"methods.{label}", method, tiles["size"], f"{path}.size", settings["run"]
                )


def _of_size(path: str, method: dict, size: int, where: str, run: dict) -> Iterator[str]:
    """What a method cannot do with tiles of `size` px, which is stated `where`."""
    kind, wanted = KINDS[method["kind"]], method.get("size") or size
    if wanted % size:
        yield f"{path}.size: {wanted} is no whole multiple of the tiles' {size} px ({where})"
    if wanted != size and not kind.draws_larger:
        yield (
            f"{path}.size: {wanted}, but {kind.name} draws tiles of the size that it is trained on "
            f"only, {size} px ({where})"
        )
    if method.get("batch", 0) is None:
        filled = with_automatic_values(method, size)
        said = f"{path}.batch: null, which is {filled['batch']} for tiles of {size} px ({where}),"
        yield from _sharing_mistakes(said, filled, run["gpus"])
    if kind.is_network and not can_be_drawn(size):
        yield (
            f"{where}: {size} is no size a network can make (16, 32, 64, ...; wanted by "
            f"{path.removeprefix('methods.')})"
        )
