"""Cycles and resources before simulation and synthesis, in FINN's report format."""

from qonnx.core.modelwrapper import ModelWrapper

from hw.backends import layer
from hw.backends.costs import Cost
from hw.implement.device import CLOCK_MHZ


def layer_cycles(model: ModelWrapper) -> dict[str, int]:
    """Node name to the cycles it takes for one beat (``estimate_layer_cycles.json``)."""
    return {node.name: int(layer(node).get_exp_cycles()) for node in model.graph.node}


def layer_resources(model: ModelWrapper) -> dict[str, dict[str, float]]:
    """Node name to estimated LUT, DSP and BRAM_18K (``estimate_layer_resources.json``)."""
    costs = {node.name: layer(node).cost() for node in model.graph.node}
    total = Cost(
        sum(c.lut for c in costs.values()),
        sum(c.dsp for c in costs.values()),
        sum(c.bram18 for c in costs.values()),
    )
    return {
        name: {"LUT": round(cost.lut), "DSP": cost.dsp, "BRAM_18K": cost.bram18}
        for name, cost in {**costs, "total": total}.items()
    }


def network_performance(model: ModelWrapper) -> dict[str, float | int | str]:
    """The slowest layer sets the interval (``estimate_network_performance.json``)."""
    cycles = layer_cycles(model)
    slowest = max(cycles, key=lambda name: cycles[name])
    interval = cycles[slowest]
    return {
        "critical_path_cycles": sum(cycles.values()),
        "max_cycles": interval,
        "max_cycles_node_name": slowest,
        "estimated_throughput_fps": CLOCK_MHZ * 1e6 / interval,
        "estimated_latency_ns": sum(cycles.values()) * 1e3 / CLOCK_MHZ,
        "clock_mhz": CLOCK_MHZ,
        "kind": "estimated",
    }
