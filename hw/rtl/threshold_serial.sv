// SPDX-License-Identifier: BSD-3-Clause
// Form "serial" of thresholding: one comparator per lane, a bit of the count per cycle.
//
// A binary search over a memory of {fold, node}, nodes in heap order: node 1 is the middle
// threshold and 2n, 2n+1 halve what node n leaves. Takes a transfer every log2(STEPS+1) cycles,
// rounded up, so it fits behind a layer that folds at least so often; for one transfer per cycle
// see threshold_search. See thresholding for the meaning of the ports. Latency
// log2(STEPS+1) rounded up + 1 cycles.

module threshold_serial #(
  // See thresholding
  parameter int unsigned PE = 1,
  parameter int unsigned FOLD = 1,
  parameter int unsigned STEPS = 15,
  parameter int unsigned THRESHOLD_WIDTH = 12,
  parameter bit          THRESHOLD_SIGNED = 1'b1,
  // Bits of both sides of a comparison, signed
  parameter int unsigned COMPARE_WIDTH = 12,
  parameter logic [FOLD*PE*STEPS*THRESHOLD_WIDTH-1:0] THRESHOLDS = '0,
  localparam int unsigned FOLD_WIDTH = (FOLD > 1) ? $clog2(FOLD) : 1,
  localparam int unsigned COUNT_WIDTH = $clog2(STEPS + 1)
) (
  input  logic                        ap_clk,
  input  logic                        ap_rst_n,

  // Values (sink)
  input  logic [PE*COMPARE_WIDTH-1:0] in_values,
  input  logic [FOLD_WIDTH-1:0]       in_fold,
  input  logic                        in_valid,
  output logic                        in_ready,
  input  logic                        in_end,

  // Counts (source)
  output logic [PE*COUNT_WIDTH-1:0]   out_counts,
  output logic                        out_valid,
  input  logic                        out_ready,
  output logic                        out_end
);

  localparam int unsigned NODES = 1 << COUNT_WIDTH;

  logic [FOLD_WIDTH-1:0] fold_q;
  // One bit, at the step under way
  logic [COUNT_WIDTH-1:0] step_q;
  logic end_q, busy, last_step, finish, proceed;

  assign busy = |step_q;
  assign last_step = step_q[COUNT_WIDTH-1];
  assign finish = last_step && (!out_valid || out_ready);
  assign proceed = finish || !last_step;
  assign in_ready = !busy || finish;

  always_ff @(posedge ap_clk) begin
    if (in_ready) begin
      fold_q <= in_fold;
      end_q <= in_end;
    end
    if (finish) out_end <= end_q;
    if (!ap_rst_n) begin
      step_q <= '0;
      out_valid <= 1'b0;
    end else begin
      if (in_ready) step_q <= COUNT_WIDTH'(in_valid);
      else if (proceed) step_q <= step_q << 1;
      if (finish) out_valid <= 1'b1;
      else if (out_ready) out_valid <= 1'b0;
    end
  end

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic signed [COMPARE_WIDTH-1:0] rom [0:FOLD*NODES-1];
    logic signed [COMPARE_WIDTH-1:0] threshold, value_q;
    logic [COUNT_WIDTH-1:0] node_q, count_q;
    logic reached;

    // Node n of level k is threshold (2 (n - 2^k) + 1) 2^(COUNT_WIDTH-1-k) - 1; a threshold past
    // STEPS is one that no input reaches
    initial begin
      for (int unsigned fold = 0; fold < FOLD; fold++) begin
        rom[fold*NODES] = '0;
        for (int unsigned level = 0; level < COUNT_WIDTH; level++) begin
          for (int unsigned place = 0; place < (1 << level); place++) begin
            if ((2 * place + 1) * (1 << (COUNT_WIDTH - 1 - level)) <= STEPS) begin
              rom[fold*NODES + (1 << level) + place] = THRESHOLD_SIGNED
                  ? COMPARE_WIDTH'($signed(THRESHOLDS[
                      ((fold * PE + lane) * STEPS
                       + (2 * place + 1) * (1 << (COUNT_WIDTH - 1 - level)) - 1)
                      * THRESHOLD_WIDTH +: THRESHOLD_WIDTH]))
                  : COMPARE_WIDTH'(THRESHOLDS[
                      ((fold * PE + lane) * STEPS
                       + (2 * place + 1) * (1 << (COUNT_WIDTH - 1 - level)) - 1)
                      * THRESHOLD_WIDTH +: THRESHOLD_WIDTH]);
            end else begin
              rom[fold*NODES + (1 << level) + place] = {1'b0, {(COMPARE_WIDTH-1){1'b1}}};
            end
          end
        end
      end
    end

    if (FOLD == 1) begin : g_row
      assign threshold = rom[node_q];
    end else begin : g_rows
      assign threshold = rom[{fold_q, node_q}];
    end
    assign reached = threshold <= value_q;

    always_ff @(posedge ap_clk) begin
      if (in_ready) begin
        value_q <= in_values[lane*COMPARE_WIDTH +: COMPARE_WIDTH];
        node_q <= COUNT_WIDTH'(1);
      end else if (proceed) begin
        node_q <= (node_q << 1) | COUNT_WIDTH'(reached);
      end
      // The leading one of the node leaves with its last bit
      if (finish) count_q <= (node_q << 1) | COUNT_WIDTH'(reached);
    end
    assign out_counts[lane*COUNT_WIDTH +: COUNT_WIDTH] = count_q;
  end

  if (FOLD == 1) begin : g_one_fold
    logic unused_fold;
    assign unused_fold = ^fold_q;
  end

endmodule
