// SPDX-License-Identifier: BSD-3-Clause
// Sliding window over a 1-D feature map, for standard and depthwise convolutions.
//
// Takes one transfer per cycle. Each output pixel is FOLD transfers, in the order of the input
// folds, each with the KERNEL taps of its lanes: order [fold][tap][lane], tap 0 (the earliest
// pixel) in the least significant bits. Pixels after the last whole window are swallowed; beats
// follow each other without a bubble. No padding: put pad before it. tlast comes from counters;
// the sink's tlast is not read. Latency: 1 cycle after the transfer that completes a window.

module sliding_window #(
  // Bits of one input transfer (all lanes)
  parameter int unsigned DATA_WIDTH = 8,
  // Transfers of one pixel
  parameter int unsigned FOLD = 1,
  // Pixels of a beat at the sink, padding included
  parameter int unsigned LENGTH = 362,
  // Taps of a window
  parameter int unsigned KERNEL = 3,
  // Pixels between two windows
  parameter int unsigned STRIDE = 1
) (
  input  logic                         ap_clk,
  input  logic                         ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [DATA_WIDTH-1:0]        s_axis_tdata,
  input  logic                         s_axis_tvalid,
  output logic                         s_axis_tready,
  input  logic                         s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [KERNEL*DATA_WIDTH-1:0] m_axis_tdata,
  output logic                         m_axis_tvalid,
  input  logic                         m_axis_tready,
  output logic                         m_axis_tlast
);

  if (DATA_WIDTH < 1 || FOLD < 1) begin : check_fold
    $error("sliding_window: DATA_WIDTH and FOLD must be at least 1");
  end
  if (KERNEL < 1 || STRIDE < 1) begin : check_kernel
    $error("sliding_window: KERNEL and STRIDE must be at least 1");
  end
  if (LENGTH < KERNEL) begin : check_length
    $error("sliding_window: LENGTH must be at least KERNEL");
  end

  localparam int unsigned WINDOWS = (LENGTH - KERNEL) / STRIDE + 1;
  // Pixel that completes the last window
  localparam int unsigned FINAL_PIXEL = (WINDOWS - 1) * STRIDE + KERNEL - 1;
  localparam int unsigned FOLD_WIDTH = (FOLD > 1) ? $clog2(FOLD) : 1;
  localparam int unsigned PIXEL_WIDTH = $clog2(LENGTH + 1);
  localparam int unsigned WAIT_WIDTH = $clog2(KERNEL + STRIDE);

  logic [FOLD_WIDTH-1:0] fold_q;
  logic [PIXEL_WIDTH-1:0] pixel_q;
  // Pixels to come before the one that completes the next window
  logic [WAIT_WIDTH-1:0] wait_q;
  logic [KERNEL*DATA_WIDTH-1:0] window;
  logic last_fold, last_pixel, completes, advance, accept, unused_tlast;

  assign last_fold = fold_q == FOLD_WIDTH'(FOLD - 1);
  assign last_pixel = pixel_q == PIXEL_WIDTH'(LENGTH - 1);
  assign completes = wait_q == '0;
  assign advance = !m_axis_tvalid || m_axis_tready;
  assign s_axis_tready = advance || !completes;
  assign accept = s_axis_tvalid && s_axis_tready;
  assign unused_tlast = s_axis_tlast;

  if (KERNEL == 1) begin : g_single
    assign window = s_axis_tdata;
  end else begin : g_history
    localparam int unsigned HISTORY_WIDTH = (KERNEL - 1) * DATA_WIDTH;
    // One row per fold: the KERNEL-1 pixels before the current one
    logic [HISTORY_WIDTH-1:0] history_q [0:FOLD-1];

    if (FOLD == 1) begin : g_row
      assign window = {s_axis_tdata, history_q[0]};
      always_ff @(posedge ap_clk) if (accept) history_q[0] <= window[DATA_WIDTH +: HISTORY_WIDTH];
    end else begin : g_rows
      assign window = {s_axis_tdata, history_q[fold_q]};
      always_ff @(posedge ap_clk) begin
        if (accept) history_q[fold_q] <= window[DATA_WIDTH +: HISTORY_WIDTH];
      end
    end
  end

  always_ff @(posedge ap_clk) begin
    if (accept && completes) begin
      m_axis_tdata <= window;
      m_axis_tlast <= last_fold && pixel_q == PIXEL_WIDTH'(FINAL_PIXEL);
    end
    if (!ap_rst_n) begin
      fold_q <= '0;
      pixel_q <= '0;
      wait_q <= WAIT_WIDTH'(KERNEL - 1);
      m_axis_tvalid <= 1'b0;
    end else begin
      if (advance) m_axis_tvalid <= accept && completes;
      if (accept) begin
        fold_q <= last_fold ? '0 : fold_q + 1'b1;
        if (last_fold) begin
          pixel_q <= last_pixel ? '0 : pixel_q + 1'b1;
          if (last_pixel) wait_q <= WAIT_WIDTH'(KERNEL - 1);
          else if (completes) wait_q <= WAIT_WIDTH'(STRIDE - 1);
          else wait_q <= wait_q - 1'b1;
        end
      end
    end
  end

endmodule
