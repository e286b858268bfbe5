// SPDX-License-Identifier: BSD-3-Clause
// Form "serial" of thresholding: one comparator per lane, a bit of the count per cycle.
//
// A binary search over memories of {fold, node}, nodes in heap order: node 1 is the middle
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

  // Thresholds of a lane, index [fold][node]: node n of level k is threshold
  // (2 (n - 2^k) + 1) 2^(COUNT_WIDTH-1-k) - 1, one past STEPS is one that no input reaches
  function automatic logic [FOLD*NODES*COMPARE_WIDTH-1:0] tree(input logic [31:0] lane);
    tree = '0;
    for (int unsigned fold = 0; fold < FOLD; fold++) begin
      for (int unsigned level = 0; level < COUNT_WIDTH; level++) begin
        for (int unsigned place = 0; place < (1 << level); place++) begin
          tree[(fold*NODES + (1 << level) + place)*COMPARE_WIDTH +: COMPARE_WIDTH] =
              ((2 * place + 1) * (1 << (COUNT_WIDTH - 1 - level)) > STEPS)
              ? {1'b0, {(COMPARE_WIDTH-1){1'b1}}}
              : THRESHOLD_SIGNED
              ? COMPARE_WIDTH'($signed(THRESHOLDS[
                  ((fold * PE + lane) * STEPS
                   + (2 * place + 1) * (1 << (COUNT_WIDTH - 1 - level)) - 1)
                  * THRESHOLD_WIDTH +: THRESHOLD_WIDTH]))
              : COMPARE_WIDTH'(THRESHOLDS[
                  ((fold * PE + lane) * STEPS
                   + (2 * place + 1) * (1 << (COUNT_WIDTH - 1 - level)) - 1)
                  * THRESHOLD_WIDTH +: THRESHOLD_WIDTH]);
        end
      end
    end
  endfunction

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    localparam logic [FOLD*NODES*COMPARE_WIDTH-1:0] TREE = tree(lane);

    logic signed [COMPARE_WIDTH-1:0] roots [0:FOLD-1];
    logic signed [COMPARE_WIDTH-1:0] root, child, threshold_q, value_q;
    logic [COUNT_WIDTH-1:0] node_q, count_q;
    logic reached;

    initial for (int unsigned fold = 0; fold < FOLD; fold++) begin
      roots[fold] = TREE[(fold*NODES + 1)*COMPARE_WIDTH +: COMPARE_WIDTH];
    end
    if (FOLD == 1) begin : g_root
      assign root = roots[0];
    end else begin : g_roots
      assign root = roots[in_fold];
    end

    if (COUNT_WIDTH == 1) begin : g_leaf
      assign child = root;
    end else begin : g_children
      // Both children are read while the comparison decides between them
      logic signed [COMPARE_WIDTH-1:0] left [0:FOLD*NODES/2-1];
      logic signed [COMPARE_WIDTH-1:0] right [0:FOLD*NODES/2-1];
      logic signed [COMPARE_WIDTH-1:0] left_child, right_child;
      initial for (int unsigned pair = 0; pair < FOLD * NODES / 2; pair++) begin
        left[pair] = TREE[2*pair*COMPARE_WIDTH +: COMPARE_WIDTH];
        right[pair] = TREE[(2*pair + 1)*COMPARE_WIDTH +: COMPARE_WIDTH];
      end
      if (FOLD == 1) begin : g_row
        assign left_child = left[node_q[COUNT_WIDTH-2:0]];
        assign right_child = right[node_q[COUNT_WIDTH-2:0]];
      end else begin : g_rows
        assign left_child = left[{fold_q, node_q[COUNT_WIDTH-2:0]}];
        assign right_child = right[{fold_q, node_q[COUNT_WIDTH-2:0]}];
      end
      assign child = reached ? right_child : left_child;
    end

    assign reached = threshold_q <= value_q;

    always_ff @(posedge ap_clk) begin
      if (in_ready) begin
        value_q <= in_values[lane*COMPARE_WIDTH +: COMPARE_WIDTH];
        threshold_q <= root;
        node_q <= COUNT_WIDTH'(1);
      end else if (proceed) begin
        threshold_q <= child;
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
