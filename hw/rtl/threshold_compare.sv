// SPDX-License-Identifier: BSD-3-Clause
// Form "compare" of thresholding: STEPS comparators side by side.
//
// The comparisons make a thermometer code, which a chain of multiplexers turns into the count.
// See thresholding for the meaning of the ports. Latency 3 cycles.

module threshold_compare #(
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

  // Places of the thermometer code; those past STEPS stay 0
  localparam int unsigned PLACES = (1 << COUNT_WIDTH) - 1;
  localparam int unsigned ROW_WIDTH = PE * STEPS * COMPARE_WIDTH;

  logic [ROW_WIDTH-1:0] thresholds;
  logic [PE*COMPARE_WIDTH-1:0] values_q;
  logic [2:0] valid_q, end_q;
  logic advance;

  assign advance = !out_valid || out_ready;
  assign in_ready = advance;

  function automatic logic [FOLD*ROW_WIDTH-1:0] extended_thresholds();
    for (int unsigned index = 0; index < FOLD * PE * STEPS; index++) begin
      extended_thresholds[index*COMPARE_WIDTH +: COMPARE_WIDTH] = THRESHOLD_SIGNED
          ? COMPARE_WIDTH'($signed(THRESHOLDS[index*THRESHOLD_WIDTH +: THRESHOLD_WIDTH]))
          : COMPARE_WIDTH'(THRESHOLDS[index*THRESHOLD_WIDTH +: THRESHOLD_WIDTH]);
    end
  endfunction

  localparam logic [FOLD*ROW_WIDTH-1:0] EXTENDED = extended_thresholds();

  if (FOLD == 1) begin : g_constant
    logic unused_fold;
    assign unused_fold = ^in_fold;
    assign thresholds = EXTENDED;
  end else begin : g_rom
    logic [ROW_WIDTH-1:0] rom [0:FOLD-1];
    initial for (int unsigned fold = 0; fold < FOLD; fold++) begin
      rom[fold] = EXTENDED[fold*ROW_WIDTH +: ROW_WIDTH];
    end
    always_ff @(posedge ap_clk) if (advance) thresholds <= rom[in_fold];
  end

  always_ff @(posedge ap_clk) begin
    if (advance) begin
      values_q <= in_values;
      end_q <= {end_q[1:0], in_end};
    end
    if (!ap_rst_n) valid_q <= '0;
    else if (advance) valid_q <= {valid_q[1:0], in_valid};
  end
  assign out_valid = valid_q[2];
  assign out_end = end_q[2];

  for (genvar lane = 0; lane < PE; lane++) begin : g_lane
    logic signed [COMPARE_WIDTH-1:0] value;
    logic [PLACES-1:0] reached_q;
    logic [COUNT_WIDTH-1:0] count_q;

    assign value = values_q[lane*COMPARE_WIDTH +: COMPARE_WIDTH];

    for (genvar place = 0; place < PLACES; place++) begin : g_place
      if (place < STEPS) begin : g_step
        logic signed [COMPARE_WIDTH-1:0] threshold;
        assign threshold = thresholds[(lane*STEPS + place)*COMPARE_WIDTH +: COMPARE_WIDTH];
        always_ff @(posedge ap_clk) if (advance) reached_q[place] <= threshold <= value;
      end else begin : g_never
        assign reached_q[place] = 1'b0;
      end
    end

    // Each bit is the place that splits the span which the higher bits leave
    for (genvar stage = 0; stage < COUNT_WIDTH; stage++) begin : g_bit
      localparam int unsigned SPAN = 1 << (COUNT_WIDTH - stage);
      // Bits found, the new one lowest
      logic [stage:0] found;
      if (stage == 0) begin : g_top
        assign found = reached_q[SPAN/2-1];
      end else begin : g_below
        logic [(1<<stage)-1:0] choices;
        for (genvar index = 0; index < (1 << stage); index++) begin : g_choice
          assign choices[index] = reached_q[index*SPAN + SPAN/2 - 1];
        end
        assign found = {g_bit[stage-1].found, choices[g_bit[stage-1].found]};
      end
    end

    always_ff @(posedge ap_clk) if (advance) count_q <= g_bit[COUNT_WIDTH-1].found;
    assign out_counts[lane*COUNT_WIDTH +: COUNT_WIDTH] = count_q;
  end

endmodule
