// SPDX-License-Identifier: BSD-3-Clause
// Copies one stream to OUTPUTS streams.
//
// Every output takes every transfer exactly once, each at its own time; the sink is ready once
// all have taken it. Combinational from sink to sources (no latency): put a fifo behind an
// output to decouple it.

module stream_fork #(
  // Bits of one transfer
  parameter int unsigned DATA_WIDTH = 8,
  // Number of copies
  parameter int unsigned OUTPUTS = 2
) (
  input  logic                          ap_clk,
  input  logic                          ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [DATA_WIDTH-1:0]         s_axis_tdata,
  input  logic                          s_axis_tvalid,
  output logic                          s_axis_tready,
  input  logic                          s_axis_tlast,

  // AXI4-Stream outputs (sources), output 0 in the least significant bits
  output logic [OUTPUTS*DATA_WIDTH-1:0] m_axis_tdata,
  output logic [OUTPUTS-1:0]            m_axis_tvalid,
  input  logic [OUTPUTS-1:0]            m_axis_tready,
  output logic [OUTPUTS-1:0]            m_axis_tlast
);

  if (DATA_WIDTH < 1) begin : check_data_width
    $error("stream_fork: DATA_WIDTH must be at least 1");
  end
  if (OUTPUTS < 1) begin : check_outputs
    $error("stream_fork: OUTPUTS must be at least 1");
  end

  // Outputs that already took the present transfer
  logic [OUTPUTS-1:0] done_q;

  assign m_axis_tdata = {OUTPUTS{s_axis_tdata}};
  assign m_axis_tvalid = {OUTPUTS{s_axis_tvalid}} & ~done_q;
  assign m_axis_tlast = {OUTPUTS{s_axis_tlast}};
  assign s_axis_tready = &(done_q | m_axis_tready);

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) done_q <= '0;
    else if (s_axis_tvalid) done_q <= s_axis_tready ? '0 : (done_q | m_axis_tready);
  end

endmodule
