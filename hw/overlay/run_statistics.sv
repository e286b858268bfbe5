// SPDX-License-Identifier: BSD-3-Clause
// Latency of a run's first beat, fewest and most cycles between two of its results.
//
// `clear` starts a run. An interval of 0 marks a first result and is not counted.

module run_statistics (
  input  logic        ap_clk,
  input  logic        ap_rst_n,
  input  logic        clear,

  // One pulse per result, with its figures
  input  logic        measured,
  input  logic [31:0] latency,
  input  logic [31:0] interval,

  output logic [31:0] first_latency,
  output logic [31:0] min_interval,
  output logic [31:0] max_interval
);

  always_ff @(posedge ap_clk) begin
    if (measured && interval == '0) first_latency <= latency;
    if (measured && interval != '0) begin
      if (min_interval == '0 || interval < min_interval) min_interval <= interval;
      if (interval > max_interval) max_interval <= interval;
    end
    if (!ap_rst_n || clear) begin
      first_latency <= '0;
      min_interval <= '0;
      max_interval <= '0;
    end
  end

endmodule
