// SPDX-License-Identifier: BSD-3-Clause
// Depthwise convolution with constant weights, behind sliding_window: one kernel per channel.
//
// Takes transfers of TAPS*PE activations, order [tap][pe], pe fastest, and puts out one transfer
// of PE signed sums for each: FOLD transfers are a pixel. Full rate. tlast comes from counters
// (VECTORS pixels are a beat); the sink's tlast is not read. For kernels across channels see
// matvec.

module depthwise #(
  // Channels of one transfer
  parameter int unsigned PE = 1,
  // Taps of a kernel
  parameter int unsigned TAPS = 3,
  // Transfers of one pixel
  parameter int unsigned FOLD = 1,
  // Bits of an activation, and whether it is signed
  parameter int unsigned ACT_WIDTH = 4,
  parameter bit          ACT_SIGNED = 1'b0,
  // Bits of a weight, signed
  parameter int unsigned WEIGHT_WIDTH = 4,
  // Bits of a sum, signed
  parameter int unsigned ACC_WIDTH = 10,
  // Pixels of a beat
  parameter int unsigned VECTORS = 1,
  // Multiply-accumulate form: "rom", "table" or "dsp", see mac
  parameter FORM = "rom",
  // Weights, index [fold][pe][tap], tap fastest, first weight in the least significant bits
  parameter logic [FOLD*PE*TAPS*WEIGHT_WIDTH-1:0] WEIGHTS = '0
) (
  input  logic                         ap_clk,
  input  logic                         ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [TAPS*PE*ACT_WIDTH-1:0] s_axis_tdata,
  input  logic                         s_axis_tvalid,
  output logic                         s_axis_tready,
  input  logic                         s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [PE*ACC_WIDTH-1:0]      m_axis_tdata,
  output logic                         m_axis_tvalid,
  input  logic                         m_axis_tready,
  output logic                         m_axis_tlast
);

  if (FOLD < 1 || PE < 1) begin : check_fold
    $error("depthwise: PE and FOLD must be at least 1");
  end
  if (VECTORS < 1) begin : check_vectors
    $error("depthwise: VECTORS must be at least 1");
  end

  localparam int unsigned LANE_BITS = TAPS * WEIGHT_WIDTH;
  localparam int unsigned FOLD_WIDTH = (FOLD > 1) ? $clog2(FOLD) : 1;
  localparam int unsigned PIXEL_WIDTH = (VECTORS > 1) ? $clog2(VECTORS) : 1;

  logic [FOLD_WIDTH-1:0] fold_q;
  logic [PIXEL_WIDTH-1:0] pixel_q;
  logic [PE-1:0] out_valid, out_end;
  logic last_fold, last_pixel, advance, unused_tlast;
  logic [PE*ACC_WIDTH-1:0] sums;

  assign last_fold = fold_q == FOLD_WIDTH'(FOLD - 1);
  assign last_pixel = pixel_q == PIXEL_WIDTH'(VECTORS - 1);
  assign s_axis_tready = advance;
  assign unused_tlast = s_axis_tlast;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      fold_q <= '0;
      pixel_q <= '0;
    end else if (advance && s_axis_tvalid) begin
      fold_q <= last_fold ? '0 : fold_q + 1'b1;
      if (last_fold) pixel_q <= last_pixel ? '0 : pixel_q + 1'b1;
    end
  end

  // Weights of one lane, index [fold][tap]
  function automatic logic [FOLD*LANE_BITS-1:0] lane_weights(input logic [31:0] lane);
    for (int unsigned fold = 0; fold < FOLD; fold++) begin
      lane_weights[fold*LANE_BITS +: LANE_BITS] = WEIGHTS[(fold*PE + lane)*LANE_BITS +: LANE_BITS];
    end
  endfunction

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic [TAPS*ACT_WIDTH-1:0] acts;
    for (genvar tap = 0; tap < TAPS; tap++) begin : g_tap
      assign acts[tap*ACT_WIDTH +: ACT_WIDTH] =
          s_axis_tdata[(tap*PE + lane)*ACT_WIDTH +: ACT_WIDTH];
    end

    mac #(
      .PE(1), .SIMD(TAPS), .FOLDS(FOLD), .CYCLES(1),
      .ACT_WIDTH(ACT_WIDTH), .ACT_SIGNED(ACT_SIGNED),
      .WEIGHT_WIDTH(WEIGHT_WIDTH), .ACC_WIDTH(ACC_WIDTH), .FORM(FORM),
      .WEIGHTS(lane_weights(lane))
    ) mac_i (
      .ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .advance(advance),
      .in_acts(acts), .in_fold(fold_q), .in_valid(s_axis_tvalid),
      .in_first(1'b1), .in_last(1'b1), .in_end(last_fold && last_pixel),
      .out_sums(sums[lane*ACC_WIDTH +: ACC_WIDTH]),
      .out_valid(out_valid[lane]), .out_end(out_end[lane])
    );
  end

  // All lanes run in step
  fifo #(
    .DATA_WIDTH(PE*ACC_WIDTH)
  ) output_i (
    .ap_clk(ap_clk), .ap_rst_n(ap_rst_n),
    .s_axis_tdata(sums), .s_axis_tvalid(&out_valid),
    .s_axis_tready(advance), .s_axis_tlast(&out_end),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast)
  );

endmodule
