// SPDX-License-Identifier: BSD-3-Clause
// Sum over the pixels of a beat, per channel: global average pooling without the division.
//
// Takes LENGTH pixels of FOLD transfers and puts out FOLD transfers of sums, the first one while
// the last pixel arrives. The sums are signed when the input is. tlast comes from counters; the
// sink's tlast is not read. Full rate, latency 1 cycle.

module global_accumulate #(
  // Lanes of a transfer
  parameter int unsigned PE = 1,
  // Transfers of one pixel
  parameter int unsigned FOLD = 1,
  // Pixels of a beat
  parameter int unsigned LENGTH = 3,
  // Bits of an input lane, and whether it is signed
  parameter int unsigned IN_WIDTH = 4,
  parameter bit          IN_SIGNED = 1'b0,
  // Bits of a sum
  parameter int unsigned OUT_WIDTH = 6
) (
  input  logic                    ap_clk,
  input  logic                    ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [PE*IN_WIDTH-1:0]  s_axis_tdata,
  input  logic                    s_axis_tvalid,
  output logic                    s_axis_tready,
  input  logic                    s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [PE*OUT_WIDTH-1:0] m_axis_tdata,
  output logic                    m_axis_tvalid,
  input  logic                    m_axis_tready,
  output logic                    m_axis_tlast
);

  if (PE < 1 || FOLD < 1 || LENGTH < 1 || IN_WIDTH < 1) begin : check_lanes
    $error("global_accumulate: PE, FOLD, LENGTH and IN_WIDTH must be at least 1");
  end
  // Largest magnitude of a sum, in units that make the signed and the unsigned limit one rule
  localparam longint unsigned PEAK =
      64'(LENGTH) * (IN_SIGNED ? (64'd1 << (IN_WIDTH - 1)) : ((64'd1 << IN_WIDTH) - 64'd1));
  localparam longint unsigned LIMIT =
      IN_SIGNED ? (64'd1 << (OUT_WIDTH - 1)) : ((64'd1 << OUT_WIDTH) - 64'd1);
  if (OUT_WIDTH < IN_WIDTH || PEAK > LIMIT) begin : check_out_width
    $error("global_accumulate: OUT_WIDTH must hold the sum of LENGTH values of IN_WIDTH bits");
  end

  localparam int unsigned FOLD_WIDTH = (FOLD > 1) ? $clog2(FOLD) : 1;
  localparam int unsigned PIXEL_WIDTH = $clog2(LENGTH + 1);

  logic [FOLD_WIDTH-1:0] fold_q;
  logic [PIXEL_WIDTH-1:0] pixel_q;
  logic [PE*OUT_WIDTH-1:0] sums_q [0:FOLD-1];
  logic [PE*OUT_WIDTH-1:0] previous, sums;
  logic last_fold, first_pixel, last_pixel, advance, accept, unused_tlast;

  assign last_fold = fold_q == FOLD_WIDTH'(FOLD - 1);
  assign first_pixel = pixel_q == '0;
  assign last_pixel = pixel_q == PIXEL_WIDTH'(LENGTH - 1);
  assign advance = !m_axis_tvalid || m_axis_tready;
  assign s_axis_tready = advance || !last_pixel;
  assign accept = s_axis_tvalid && s_axis_tready;
  assign unused_tlast = s_axis_tlast;

  if (FOLD == 1) begin : g_row
    assign previous = sums_q[0];
    always_ff @(posedge ap_clk) if (accept) sums_q[0] <= sums;
  end else begin : g_rows
    assign previous = sums_q[fold_q];
    always_ff @(posedge ap_clk) if (accept) sums_q[fold_q] <= sums;
  end

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic [IN_WIDTH-1:0] x;
    logic [OUT_WIDTH-1:0] x_extended;
    assign x = s_axis_tdata[lane*IN_WIDTH +: IN_WIDTH];
    assign x_extended = IN_SIGNED ? OUT_WIDTH'($signed(x)) : OUT_WIDTH'(x);
    assign sums[lane*OUT_WIDTH +: OUT_WIDTH] =
        (first_pixel ? '0 : previous[lane*OUT_WIDTH +: OUT_WIDTH]) + x_extended;
  end

  always_ff @(posedge ap_clk) begin
    if (accept && last_pixel) begin
      m_axis_tdata <= sums;
      m_axis_tlast <= last_fold;
    end
    if (!ap_rst_n) begin
      fold_q <= '0;
      pixel_q <= '0;
      m_axis_tvalid <= 1'b0;
    end else begin
      if (advance) m_axis_tvalid <= accept && last_pixel;
      if (accept) begin
        fold_q <= last_fold ? '0 : fold_q + 1'b1;
        if (last_fold) pixel_q <= last_pixel ? '0 : pixel_q + 1'b1;
      end
    end
  end

endmodule
