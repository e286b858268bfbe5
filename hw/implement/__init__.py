"""From RTL to the device: mapping by Yosys, utilisation, place and route by openXC7 or Vivado."""
