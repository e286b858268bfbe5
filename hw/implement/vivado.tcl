# Non-project Vivado flow: sources and constraints in, bitstream and reports out.
#
# vivado -mode batch -source vivado.tcl -tclargs <part> <top> <xdc> <output> <source>...
# Writes <output>.bit, <output>_utilisation.rpt and <output>_timing.rpt; run by hw.vivado.

set sources [lassign $argv part top xdc output]

read_verilog -sv $sources
read_xdc $xdc
synth_design -part $part -top $top
opt_design
place_design
phys_opt_design
route_design

report_utilization -file ${output}_utilisation.rpt
report_timing_summary -file ${output}_timing.rpt
write_bitstream -force ${output}.bit
