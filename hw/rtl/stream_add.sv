// SPDX-License-Identifier: BSD-3-Clause
// Adds two streams lane by lane, as a residual connection does.
//
// Takes a transfer of both sinks in the same cycle or of neither. The output is signed when A or
// B is signed. tlast is that of sink A. Full rate, latency 1 cycle.

module stream_add #(
  // Lanes of a transfer
  parameter int unsigned PE = 1,
  // Bits of a lane of A, and whether it is signed
  parameter int unsigned A_WIDTH = 4,
  parameter bit          A_SIGNED = 1'b0,
  // Bits of a lane of B, and whether it is signed
  parameter int unsigned B_WIDTH = 4,
  parameter bit          B_SIGNED = 1'b0,
  // Bits of a lane of the sum
  parameter int unsigned OUT_WIDTH = 5
) (
  input  logic                    ap_clk,
  input  logic                    ap_rst_n,

  // AXI4-Stream input A (sink)
  input  logic [PE*A_WIDTH-1:0]   s_axis_a_tdata,
  input  logic                    s_axis_a_tvalid,
  output logic                    s_axis_a_tready,
  input  logic                    s_axis_a_tlast,

  // AXI4-Stream input B (sink)
  input  logic [PE*B_WIDTH-1:0]   s_axis_b_tdata,
  input  logic                    s_axis_b_tvalid,
  output logic                    s_axis_b_tready,
  input  logic                    s_axis_b_tlast,

  // AXI4-Stream output (source)
  output logic [PE*OUT_WIDTH-1:0] m_axis_tdata,
  output logic                    m_axis_tvalid,
  input  logic                    m_axis_tready,
  output logic                    m_axis_tlast
);

  if (PE < 1 || A_WIDTH < 1 || B_WIDTH < 1) begin : check_lanes
    $error("stream_add: PE, A_WIDTH and B_WIDTH must be at least 1");
  end
  // An unsigned operand beside a signed one needs one bit more to be read as signed
  localparam int unsigned A_BITS = A_WIDTH + ((!A_SIGNED && B_SIGNED) ? 1 : 0);
  localparam int unsigned B_BITS = B_WIDTH + ((!B_SIGNED && A_SIGNED) ? 1 : 0);
  localparam int unsigned SUM_BITS = ((A_BITS > B_BITS) ? A_BITS : B_BITS) + 1;
  if (OUT_WIDTH < SUM_BITS) begin : check_out_width
    $error("stream_add: OUT_WIDTH must hold the sum, one bit more than the wider operand");
  end

  logic advance, step, unused_tlast;
  logic [PE*OUT_WIDTH-1:0] sums;

  assign advance = !m_axis_tvalid || m_axis_tready;
  assign step = advance && s_axis_a_tvalid && s_axis_b_tvalid;
  assign s_axis_a_tready = step;
  assign s_axis_b_tready = step;
  assign unused_tlast = s_axis_b_tlast;

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic [A_WIDTH-1:0] a;
    logic [B_WIDTH-1:0] b;
    logic signed [OUT_WIDTH-1:0] a_extended, b_extended;
    assign a = s_axis_a_tdata[lane*A_WIDTH +: A_WIDTH];
    assign b = s_axis_b_tdata[lane*B_WIDTH +: B_WIDTH];
    assign a_extended = {{(OUT_WIDTH-A_WIDTH){A_SIGNED && a[A_WIDTH-1]}}, a};
    assign b_extended = {{(OUT_WIDTH-B_WIDTH){B_SIGNED && b[B_WIDTH-1]}}, b};
    assign sums[lane*OUT_WIDTH +: OUT_WIDTH] = a_extended + b_extended;
  end

  always_ff @(posedge ap_clk) begin
    if (step) begin
      m_axis_tdata <= sums;
      m_axis_tlast <= s_axis_a_tlast;
    end
    if (!ap_rst_n) m_axis_tvalid <= 1'b0;
    else if (advance) m_axis_tvalid <= step;
  end

endmodule
