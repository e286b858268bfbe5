"""One backend a layer: FINN node ``<Name>_sv`` -> module ``hw/rtl/<name>.sv``.

Every file of this folder that defines a layer is one, found and registered with FINN when the
package is imported: ``docs/adding-a-layer.md``. They know nothing of V1 and V2: any 1-D network
of these layers can use them.
"""

import importlib
import pkgutil

from hw.backends.base import (
    Attributes,
    Instance,
    PackedArray,
    RTLLayer,
    Stream,
    element_order,
    layer,
    output_streams,
)


def _layers() -> dict[str, type[RTLLayer]]:
    found = {}
    for file in pkgutil.iter_modules(__path__):
        name = f"{__name__}.{file.name}"
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, RTLLayer) and value.__module__ == name:
                found[value.__name__] = value
    return {value.module(): value for name, value in found.items() if name.endswith("_sv")}


LAYERS = _layers()
"""Module to the layer that it implements, in alphabetical order."""
FINN_TO_BACKEND = {layer.replaces: layer for layer in LAYERS.values() if layer.replaces}

__all__ = [
    "FINN_TO_BACKEND",
    "LAYERS",
    "Attributes",
    "Instance",
    "PackedArray",
    "RTLLayer",
    "Stream",
    "element_order",
    "layer",
    "output_streams",
]
