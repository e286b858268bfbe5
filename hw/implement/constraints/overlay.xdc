# Clock of the overlay: FCLK0 behind its buffer, 100 MHz. Both flows read this file; the overlay
# has no pins. Another frequency: hw.bitstream --clock-mhz.
create_clock -name ap_clk -period 10.000 [get_nets ap_clk]
