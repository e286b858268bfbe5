"""A compiled network becomes the overlay's network."""

from board.registers import network_hash
from hw.overlay import network, sources


def test_wrapper_names_top_and_hash():
    text = network.systemverilog("v2-w4a4-paper")
    assert "  v2_w4a4_paper network (" in text
    assert f"32'h{network_hash('v2-w4a4-paper'):08x}" in text


def test_design_lists_every_file_once_by_name(tmp_path):
    copies = [tmp_path / "net_weights.sv", tmp_path / "fifo.sv", tmp_path / "net.sv"]
    wrapper = network.write("v2-w4a4", tmp_path)
    files = sources.design(copies, wrapper)
    names = [path.name for path in files]
    assert len(set(names)) == len(names)
    assert names[0] == "overlay_pkg.sv"
    assert names[-1] == "overlay_top.sv"
    assert {"net.sv", "overlay_network.sv", "fifo.sv", "width_converter.sv"} <= set(names)
