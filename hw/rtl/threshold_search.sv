// SPDX-License-Identifier: BSD-3-Clause
// Form "search" of thresholding: a binary search, one pipeline stage per bit of the count.
//
// Stage k reads the threshold that decides bit k from a memory of {fold, bits found so far}.
// See thresholding for the meaning of the ports. Latency log2(STEPS+1) rounded up + 1 cycles.

module threshold_search #(
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

  logic advance;
  assign advance = !out_valid || out_ready;
  assign in_ready = advance;

  // Fold, validity and end run beside the lanes; index k is the input of stage k
  logic [FOLD_WIDTH-1:0] folds [0:COUNT_WIDTH];
  logic [COUNT_WIDTH:0] valid_q, end_q;

  assign folds[0] = in_fold;
  for (genvar stage = 0; stage < COUNT_WIDTH; stage++) begin : g_fold
    logic [FOLD_WIDTH-1:0] fold_q;
    always_ff @(posedge ap_clk) if (advance) fold_q <= folds[stage];
    assign folds[stage+1] = fold_q;
  end

  always_ff @(posedge ap_clk) begin
    if (advance) end_q <= {end_q[COUNT_WIDTH-1:0], in_end};
    if (!ap_rst_n) valid_q <= '0;
    else if (advance) valid_q <= {valid_q[COUNT_WIDTH-1:0], in_valid};
  end
  assign out_valid = valid_q[COUNT_WIDTH];
  assign out_end = end_q[COUNT_WIDTH];

  logic unused_fold;
  assign unused_fold = ^folds[COUNT_WIDTH];

  // Thresholds of one stage of a lane, index [fold][bits found so far]; one past STEPS is one that
  // no input reaches
  function automatic logic [(FOLD<<(COUNT_WIDTH-1))*COMPARE_WIDTH-1:0] stage_thresholds(
      input logic [31:0] lane, input logic [31:0] stage);
    stage_thresholds = '0;
    for (int unsigned fold = 0; fold < FOLD; fold++) begin
      for (int unsigned place = 0; place < (1 << stage); place++) begin
        stage_thresholds[((fold << stage) + place)*COMPARE_WIDTH +: COMPARE_WIDTH] =
            ((2 * place + 1) * (1 << (COUNT_WIDTH - 1 - stage)) > STEPS)
            ? {1'b0, {(COMPARE_WIDTH-1){1'b1}}}
            : THRESHOLD_SIGNED
            ? COMPARE_WIDTH'($signed(THRESHOLDS[
                ((fold * PE + lane) * STEPS
                 + (2 * place + 1) * (1 << (COUNT_WIDTH - 1 - stage)) - 1)
                * THRESHOLD_WIDTH +: THRESHOLD_WIDTH]))
            : COMPARE_WIDTH'(THRESHOLDS[
                ((fold * PE + lane) * STEPS
                 + (2 * place + 1) * (1 << (COUNT_WIDTH - 1 - stage)) - 1)
                * THRESHOLD_WIDTH +: THRESHOLD_WIDTH]);
      end
    end
  endfunction

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic [COUNT_WIDTH-1:0] count_q;

    for (genvar stage = 0; stage < COUNT_WIDTH; stage++) begin : g_stage
      // A row per fold, in it a threshold per combination of the bits found so far
      localparam int unsigned ROW = 1 << stage;
      localparam logic [FOLD*ROW*COMPARE_WIDTH-1:0] ENTRIES =
          (FOLD*ROW*COMPARE_WIDTH)'(stage_thresholds(lane, stage));
      localparam int unsigned ADDRESS_WIDTH = $clog2(FOLD * ROW) + ((FOLD * ROW == 1) ? 1 : 0);

      logic signed [COMPARE_WIDTH-1:0] rom [0:FOLD*ROW-1];
      logic signed [COMPARE_WIDTH-1:0] threshold_q, value_q;
      logic [ADDRESS_WIDTH-1:0] address;
      // Bits found, the new one lowest
      logic [stage:0] found;
      logic reached;

      initial for (int unsigned entry = 0; entry < FOLD * ROW; entry++) begin
        rom[entry] = ENTRIES[entry*COMPARE_WIDTH +: COMPARE_WIDTH];
      end

      assign reached = threshold_q <= value_q;

      if (stage == 0) begin : g_input
        assign address = ADDRESS_WIDTH'(folds[0]);
        assign found = reached;
        always_ff @(posedge ap_clk) begin
          if (advance) value_q <= in_values[lane*COMPARE_WIDTH +: COMPARE_WIDTH];
        end
      end else begin : g_next
        logic [stage-1:0] found_q;
        if (FOLD == 1) begin : g_row
          assign address = g_stage[stage-1].found;
        end else begin : g_rows
          assign address = ADDRESS_WIDTH'({folds[stage], g_stage[stage-1].found});
        end
        assign found = {found_q, reached};
        always_ff @(posedge ap_clk) begin
          if (advance) begin
            value_q <= g_stage[stage-1].value_q;
            found_q <= g_stage[stage-1].found;
          end
        end
      end

      always_ff @(posedge ap_clk) if (advance) threshold_q <= rom[address];
    end

    always_ff @(posedge ap_clk) if (advance) count_q <= g_stage[COUNT_WIDTH-1].found;
    assign out_counts[lane*COUNT_WIDTH +: COUNT_WIDTH] = count_q;
  end

endmodule
