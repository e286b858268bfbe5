// SPDX-License-Identifier: BSD-3-Clause
// Feeds a network with the beats of a binary file, with random idle cycles or an even pace.

module beat_source #(
  // Bits of one sample
  parameter int unsigned DATA_WIDTH = 8,
  // Samples of one beat
  parameter int unsigned LENGTH = 360,
  // Samples, one after the other
  parameter FILE = "stimulus.bin"
) (
  input  logic                  ap_clk,
  input  logic                  ap_rst_n,

  // Beats to send, chance of an idle cycle in 256, cycles from beat to beat (0: at once)
  input  logic [31:0]           beats,
  input  logic [7:0]            idle,
  input  logic [31:0]           pace,

  // AXI4-Stream output (source)
  output logic [DATA_WIDTH-1:0] m_axis_tdata,
  output logic                  m_axis_tvalid,
  input  logic                  m_axis_tready,
  output logic                  m_axis_tlast
);

  integer file;
  logic [DATA_WIDTH-1:0] sample;
  int unsigned beat_q, sample_q, credit_q;
  logic paced;

  assign paced = pace == 0 || credit_q >= pace;

  initial file = $fopen(FILE, "rb");

  always @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      m_axis_tvalid <= 1'b0;
      beat_q <= 0;
      sample_q <= 0;
      credit_q <= pace;
    end else begin
      if (credit_q < 2 * pace) credit_q <= credit_q + LENGTH;
      if (!m_axis_tvalid || m_axis_tready) begin
        m_axis_tvalid <= 1'b0;
        if (beat_q < beats && paced && 8'($urandom) >= idle) begin
          if ($fread(sample, file) == 0) $fatal(1, "beat_source: %s has too few samples", FILE);
          m_axis_tdata <= sample;
          m_axis_tlast <= sample_q == LENGTH - 1;
          m_axis_tvalid <= 1'b1;
          if (pace != 0) credit_q <= credit_q + LENGTH - pace;
          if (sample_q == LENGTH - 1) begin
            sample_q <= 0;
            beat_q <= beat_q + 1;
          end else begin
            sample_q <= sample_q + 1;
          end
        end
      end
    end
  end

endmodule
