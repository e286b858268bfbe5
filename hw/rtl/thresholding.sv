// SPDX-License-Identifier: BSD-3-Clause
// Multi-threshold activation: out = OUT_BIAS + number of thresholds t with t <= x.
//
// One output transfer per input transfer, FOLD transfers are a pixel. Thresholds have the
// signedness of the input and ascend per channel. FORM chooses the hardware:
//   "search"   binary search, one pipeline stage per output bit: any number of channels
//   "compare"  all comparisons at once: small for one fold
//   "serial"   one comparator per lane, log2(STEPS+1) cycles a transfer, rounded up: smallest
// The first two take a transfer per cycle. tlast passes along. Latency: "search" and "serial"
// log2(STEPS+1) rounded up + 1 cycles, "compare" 3 cycles.

module thresholding #(
  // Lanes of a transfer
  parameter int unsigned PE = 1,
  // Transfers of one pixel
  parameter int unsigned FOLD = 1,
  // Bits of an input lane, and whether it is signed
  parameter int unsigned IN_WIDTH = 12,
  parameter bit          IN_SIGNED = 1'b1,
  // Thresholds of a channel
  parameter int unsigned STEPS = 15,
  // Bits of a threshold
  parameter int unsigned THRESHOLD_WIDTH = 12,
  // Bits of an output lane
  parameter int unsigned OUT_WIDTH = 4,
  // Output below the first threshold
  parameter int          OUT_BIAS = 0,
  // "search", "compare" or "serial"
  parameter FORM = "search",
  // Thresholds, index [fold][pe][step], step fastest and ascending
  parameter logic [FOLD*PE*STEPS*THRESHOLD_WIDTH-1:0] THRESHOLDS = '0
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

  if (PE < 1 || FOLD < 1 || STEPS < 1) begin : check_lanes
    $error("thresholding: PE, FOLD and STEPS must be at least 1");
  end
  if (IN_WIDTH < 1 || THRESHOLD_WIDTH < 1 || IN_WIDTH > 32 || THRESHOLD_WIDTH > 32)
  begin : check_widths
    $error("thresholding: IN_WIDTH and THRESHOLD_WIDTH must be 1 to 32");
  end

  localparam int unsigned COUNT_WIDTH = $clog2(STEPS + 1);
  // Range of OUT_BIAS + count; negative values make the output signed
  localparam longint TOP = 64'(OUT_BIAS) + 64'(STEPS);
  localparam longint CEILING = (OUT_BIAS < 0) ? (64'sd1 <<< (OUT_WIDTH - 1)) - 64'sd1
                                              : (64'sd1 <<< OUT_WIDTH) - 64'sd1;
  localparam longint FLOOR = (OUT_BIAS < 0) ? -(64'sd1 <<< (OUT_WIDTH - 1)) : 64'sd0;
  if (OUT_WIDTH < 1 || OUT_WIDTH > 32 || TOP > CEILING || 64'(OUT_BIAS) < FLOOR)
  begin : check_out_width
    $error("thresholding: OUT_WIDTH must hold OUT_BIAS and OUT_BIAS + STEPS");
  end

  // Both sides of the comparison, signed, in one width; one spare bit lets the search fill its
  // tree with a threshold that no input reaches
  localparam int unsigned WIDER = (IN_WIDTH > THRESHOLD_WIDTH) ? IN_WIDTH : THRESHOLD_WIDTH;
  localparam bit WHOLE_TREE = STEPS == (1 << COUNT_WIDTH) - 1;
  localparam int unsigned COMPARE_WIDTH = WIDER + (IN_SIGNED ? 0 : 1) + (WHOLE_TREE ? 0 : 1);
  localparam int unsigned FOLD_WIDTH = (FOLD > 1) ? $clog2(FOLD) : 1;

  logic [FOLD_WIDTH-1:0] fold_q;
  logic [PE*COMPARE_WIDTH-1:0] values;
  logic [PE*COUNT_WIDTH-1:0] counts;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) fold_q <= '0;
    else if (s_axis_tvalid && s_axis_tready) begin
      fold_q <= (fold_q == FOLD_WIDTH'(FOLD - 1)) ? '0 : fold_q + 1'b1;
    end
  end

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic [IN_WIDTH-1:0] x;
    logic [32:0] y;
    logic unused_bits;
    assign x = s_axis_tdata[lane*IN_WIDTH +: IN_WIDTH];
    assign values[lane*COMPARE_WIDTH +: COMPARE_WIDTH] =
        IN_SIGNED ? COMPARE_WIDTH'($signed(x)) : COMPARE_WIDTH'(x);
    assign y = 33'(counts[lane*COUNT_WIDTH +: COUNT_WIDTH]) + 33'(OUT_BIAS);
    assign m_axis_tdata[lane*OUT_WIDTH +: OUT_WIDTH] = y[OUT_WIDTH-1:0];
    assign unused_bits = ^y[32:OUT_WIDTH];
  end

  if (FORM == "search") begin : g_search
    threshold_search #(
      .PE(PE), .FOLD(FOLD), .STEPS(STEPS), .THRESHOLD_WIDTH(THRESHOLD_WIDTH),
      .THRESHOLD_SIGNED(IN_SIGNED), .COMPARE_WIDTH(COMPARE_WIDTH), .THRESHOLDS(THRESHOLDS)
    ) form_i (
      .ap_clk(ap_clk), .ap_rst_n(ap_rst_n),
      .in_values(values), .in_fold(fold_q), .in_end(s_axis_tlast),
      .in_valid(s_axis_tvalid), .in_ready(s_axis_tready),
      .out_counts(counts), .out_end(m_axis_tlast),
      .out_valid(m_axis_tvalid), .out_ready(m_axis_tready)
    );
  end else if (FORM == "compare") begin : g_compare
    threshold_compare #(
      .PE(PE), .FOLD(FOLD), .STEPS(STEPS), .THRESHOLD_WIDTH(THRESHOLD_WIDTH),
      .THRESHOLD_SIGNED(IN_SIGNED), .COMPARE_WIDTH(COMPARE_WIDTH), .THRESHOLDS(THRESHOLDS)
    ) form_i (
      .ap_clk(ap_clk), .ap_rst_n(ap_rst_n),
      .in_values(values), .in_fold(fold_q), .in_end(s_axis_tlast),
      .in_valid(s_axis_tvalid), .in_ready(s_axis_tready),
      .out_counts(counts), .out_end(m_axis_tlast),
      .out_valid(m_axis_tvalid), .out_ready(m_axis_tready)
    );
  end else if (FORM == "serial") begin : g_serial
    threshold_serial #(
      .PE(PE), .FOLD(FOLD), .STEPS(STEPS), .THRESHOLD_WIDTH(THRESHOLD_WIDTH),
      .THRESHOLD_SIGNED(IN_SIGNED), .COMPARE_WIDTH(COMPARE_WIDTH), .THRESHOLDS(THRESHOLDS)
    ) form_i (
      .ap_clk(ap_clk), .ap_rst_n(ap_rst_n),
      .in_values(values), .in_fold(fold_q), .in_end(s_axis_tlast),
      .in_valid(s_axis_tvalid), .in_ready(s_axis_tready),
      .out_counts(counts), .out_end(m_axis_tlast),
      .out_valid(m_axis_tvalid), .out_ready(m_axis_tready)
    );
  end else begin : check_form
    $error("thresholding: FORM must be \"search\", \"compare\" or \"serial\"");
  end

endmodule
