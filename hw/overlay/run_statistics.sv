// SPDX-License-Identifier: BSD-3-Clause
// Latency of a run's first beat, fewest and most cycles between two of its results.
//
// `clear` starts a run. An interval of 0 marks a first result and is not counted. Results are at
// least two cycles apart: one cycle compares, the next keeps.

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

  logic first_q, shorter_q, longer_q;

  always_ff @(posedge ap_clk) begin
    first_q <= measured && interval == '0;
    shorter_q <= measured && interval != '0 && (min_interval == '0 || interval < min_interval);
    longer_q <= measured && interval > max_interval;
    if (first_q) first_latency <= latency;
    if (shorter_q) min_interval <= interval;
    if (longer_q) max_interval <= interval;
    if (!ap_rst_n || clear) begin
      first_q <= 1'b0;
      shorter_q <= 1'b0;
      longer_q <= 1'b0;
      first_latency <= '0;
      min_interval <= '0;
      max_interval <= '0;
    end
  end

endmodule
