// SPDX-License-Identifier: BSD-3-Clause
// Class of a beat: adds the class biases to the logits and finds the largest.
//
// Takes CLASSES/PE transfers per beat, one lane per cycle (a transfer is held until its last
// lane), and puts out one transfer of int32 lanes: lane 0 the label (lowest index on a tie),
// lanes 1 to CLASSES the logits with bias. Interval CLASSES cycles per beat, latency 2 cycles
// after the last lane. tlast is 1 on every output; the sink's tlast is not read.

module argmax #(
  // Number of classes
  parameter int unsigned CLASSES = 5,
  // Lanes of an input transfer; divides CLASSES
  parameter int unsigned PE = 1,
  // Bits of an input lane, signed
  parameter int unsigned IN_WIDTH = 16,
  // One signed 32-bit bias per class, class 0 in the least significant bits
  parameter logic [CLASSES*32-1:0] BIASES = '0
) (
  input  logic                      ap_clk,
  input  logic                      ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [PE*IN_WIDTH-1:0]    s_axis_tdata,
  input  logic                      s_axis_tvalid,
  output logic                      s_axis_tready,
  input  logic                      s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [32*(1+CLASSES)-1:0] m_axis_tdata,
  output logic                      m_axis_tvalid,
  input  logic                      m_axis_tready,
  output logic                      m_axis_tlast
);

  if (CLASSES < 2) begin : check_classes
    $error("argmax: CLASSES must be at least 2");
  end
  if (PE < 1 || CLASSES % PE != 0) begin : check_pe
    $error("argmax: PE must divide CLASSES");
  end
  if (IN_WIDTH < 1 || IN_WIDTH > 32) begin : check_in_width
    $error("argmax: IN_WIDTH must be 1 to 32");
  end

  localparam int unsigned CLASS_WIDTH = $clog2(CLASSES);
  localparam int unsigned LANE_WIDTH = (PE > 1) ? $clog2(PE) : 1;

  logic [CLASS_WIDTH-1:0] class_q, sum_class_q, label_q;
  logic [LANE_WIDTH-1:0] lane_q;
  logic [IN_WIDTH-1:0] lane;
  logic [31:0] bias;
  logic signed [31:0] sum_q, best_q;
  logic sum_valid_q, sum_first, sum_last, better;
  logic [CLASSES*32-1:0] logits_q;
  logic last_class, last_lane, advance, step, unused_tlast;

  assign last_class = class_q == CLASS_WIDTH'(CLASSES - 1);
  assign last_lane = lane_q == LANE_WIDTH'(PE - 1);
  assign advance = !m_axis_tvalid || m_axis_tready;
  assign step = advance && s_axis_tvalid;
  assign s_axis_tready = advance && last_lane;
  assign unused_tlast = s_axis_tlast;

  assign lane = s_axis_tdata[lane_q*IN_WIDTH +: IN_WIDTH];
  assign bias = BIASES[class_q*32 +: 32];
  assign sum_first = sum_class_q == '0;
  assign sum_last = sum_class_q == CLASS_WIDTH'(CLASSES - 1);
  assign better = sum_first || sum_q > best_q;

  assign m_axis_tdata = {logits_q, 32'(label_q)};
  assign m_axis_tlast = 1'b1;

  always_ff @(posedge ap_clk) begin
    if (advance) begin
      sum_q <= 32'($signed(lane)) + $signed(bias);
      sum_class_q <= class_q;
      if (sum_valid_q) begin
        logits_q <= {sum_q, logits_q[CLASSES*32-1:32]};
        if (better) best_q <= sum_q;
        if (better) label_q <= sum_class_q;
      end
    end
    if (!ap_rst_n) begin
      class_q <= '0;
      lane_q <= '0;
      sum_valid_q <= 1'b0;
      m_axis_tvalid <= 1'b0;
    end else if (advance) begin
      if (step) begin
        class_q <= last_class ? '0 : class_q + 1'b1;
        lane_q <= last_lane ? '0 : lane_q + 1'b1;
      end
      sum_valid_q <= s_axis_tvalid;
      m_axis_tvalid <= sum_valid_q && sum_last;
    end
  end

endmodule
