// SPDX-License-Identifier: BSD-3-Clause
// Takes a network's results with random backpressure and writes them to a file.
//
// One line a beat: cycle of its first sample, cycle of its result, result in hexadecimal.

module result_sink #(
  // Bits of one result
  parameter int unsigned DATA_WIDTH = 192,
  // Longest pause after a result, in cycles, when stalling
  parameter int unsigned PAUSE = 8192,
  // Where the lines go
  parameter FILE = "results.txt"
) (
  input  logic                  ap_clk,
  input  logic                  ap_rst_n,

  // Chance in 256 of a cycle without tready, and of a long pause after a result
  input  logic [7:0]            stall,
  // High in the cycle in which the network takes the first sample of a beat
  input  logic                  beat_begins,

  // AXI4-Stream input (sink)
  input  logic [DATA_WIDTH-1:0] s_axis_tdata,
  input  logic                  s_axis_tvalid,
  output logic                  s_axis_tready,

  output logic [31:0]           beats_done
);

  integer file;
  longint unsigned cycle_q;
  int unsigned pause_q;
  longint unsigned begun[$];

  initial file = $fopen(FILE, "w");

  always @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      s_axis_tready <= 1'b0;
      beats_done <= 0;
      cycle_q <= 0;
      pause_q <= 0;
    end else begin
      cycle_q <= cycle_q + 1;
      s_axis_tready <= pause_q == 0 && 8'($urandom) >= stall;
      if (pause_q != 0) pause_q <= pause_q - 1;
      if (beat_begins) begun.push_back(cycle_q);
      if (s_axis_tvalid && s_axis_tready) begin
        $fwrite(file, "%0d %0d %h\n", begun.pop_front(), cycle_q, s_axis_tdata);
        $fflush(file);
        beats_done <= beats_done + 1;
        if (8'($urandom) < stall) begin
          pause_q <= $urandom % PAUSE;
          s_axis_tready <= 1'b0;
        end
      end
    end
  end

endmodule
