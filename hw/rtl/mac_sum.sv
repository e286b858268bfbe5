// SPDX-License-Identifier: BSD-3-Clause
// Adds SIMD products per lane in a tree, a register after every level, and optionally over cycles.
//
// The logic part that the forms of mac share; see mac for the meaning of the ports. Latency
// log2(SIMD) cycles, rounded up, plus one with ACCUMULATE. Sums wrap at ACC_WIDTH bits, so only
// the final sum has to fit.

module mac_sum #(
  // Sums computed at a time
  parameter int unsigned PE = 1,
  // Products of a sum
  parameter int unsigned SIMD = 1,
  // Add over cycles
  parameter bit          ACCUMULATE = 1'b0,
  // Bits of a product, signed
  parameter int unsigned PRODUCT_WIDTH = 8,
  // Bits of a sum, signed
  parameter int unsigned ACC_WIDTH = 12
) (
  input  logic                             ap_clk,
  input  logic                             ap_rst_n,
  input  logic                             advance,

  // Products (sink), index [pe][simd], simd fastest
  input  logic [PE*SIMD*PRODUCT_WIDTH-1:0] in_products,
  input  logic                             in_valid,
  input  logic                             in_first,
  input  logic                             in_last,
  input  logic                             in_end,

  // Sums (source)
  output logic [PE*ACC_WIDTH-1:0]          out_sums,
  output logic                             out_valid,
  output logic                             out_end
);

  localparam int unsigned LEVELS = $clog2(SIMD);
  localparam int unsigned TREE_BITS = PRODUCT_WIDTH + LEVELS;
  localparam int unsigned TREE_WIDTH = (TREE_BITS < ACC_WIDTH) ? TREE_BITS : ACC_WIDTH;

  for (genvar level = 0; level <= LEVELS; level++) begin : g_level
    localparam int unsigned COUNT = (SIMD + (1 << level) - 1) >> level;
    localparam int unsigned BITS = PRODUCT_WIDTH + level;
    localparam int unsigned WIDTH = (BITS < ACC_WIDTH) ? BITS : ACC_WIDTH;
    logic [PE*COUNT*WIDTH-1:0] sums;
    logic valid, first, last, beat_end;

    if (level == 0) begin : g_products
      for (genvar term = 0; term < PE * SIMD; term++) begin : g_term
        assign sums[term*WIDTH +: WIDTH] = in_products[term*PRODUCT_WIDTH +: WIDTH];
      end
      assign valid = in_valid;
      assign first = in_first;
      assign last = in_last;
      assign beat_end = in_end;
    end else begin : g_adders
      localparam int unsigned PAIRED = (SIMD + (1 << (level - 1)) - 1) >> (level - 1);
      localparam int unsigned TERM_BITS = BITS - 1;
      localparam int unsigned TERM_WIDTH = (TERM_BITS < ACC_WIDTH) ? TERM_BITS : ACC_WIDTH;

      for (genvar pe = 0; pe < PE; pe++) begin : g_pe
        for (genvar index = 0; index < COUNT; index++) begin : g_sum
          logic signed [TERM_WIDTH-1:0] left, right;
          logic signed [WIDTH-1:0] sum_q;
          assign left =
              g_level[level-1].sums[(pe*PAIRED + 2*index)*TERM_WIDTH +: TERM_WIDTH];
          if (2 * index + 1 < PAIRED) begin : g_pair
            assign right =
                g_level[level-1].sums[(pe*PAIRED + 2*index + 1)*TERM_WIDTH +: TERM_WIDTH];
          end else begin : g_single
            assign right = '0;
          end
          always_ff @(posedge ap_clk) if (advance) sum_q <= WIDTH'(left) + WIDTH'(right);
          assign sums[(pe*COUNT + index)*WIDTH +: WIDTH] = sum_q;
        end
      end

      logic valid_q, first_q, last_q, end_q;
      assign valid = valid_q;
      assign first = first_q;
      assign last = last_q;
      assign beat_end = end_q;
      always_ff @(posedge ap_clk) begin
        if (advance) begin
          first_q <= g_level[level-1].first;
          last_q <= g_level[level-1].last;
          end_q <= g_level[level-1].beat_end;
        end
        if (!ap_rst_n) valid_q <= 1'b0;
        else if (advance) valid_q <= g_level[level-1].valid;
      end
    end
  end

  if (ACCUMULATE) begin : g_accumulate
    logic valid_q, end_q;
    for (genvar pe = 0; pe < PE; pe++) begin : g_pe
      logic signed [TREE_WIDTH-1:0] sum;
      logic signed [ACC_WIDTH-1:0] previous, acc_q;
      assign sum = g_level[LEVELS].sums[pe*TREE_WIDTH +: TREE_WIDTH];
      assign previous = g_level[LEVELS].first ? '0 : acc_q;
      always_ff @(posedge ap_clk) begin
        if (advance && g_level[LEVELS].valid) acc_q <= ACC_WIDTH'(sum) + previous;
      end
      assign out_sums[pe*ACC_WIDTH +: ACC_WIDTH] = acc_q;
    end
    always_ff @(posedge ap_clk) begin
      if (advance) end_q <= g_level[LEVELS].beat_end;
      if (!ap_rst_n) valid_q <= 1'b0;
      else if (advance) valid_q <= g_level[LEVELS].valid && g_level[LEVELS].last;
    end
    assign out_valid = valid_q;
    assign out_end = end_q;
  end else begin : g_every_cycle
    // Without a level there is no register either
    logic unused_control;
    for (genvar pe = 0; pe < PE; pe++) begin : g_pe
      logic signed [TREE_WIDTH-1:0] sum;
      assign sum = g_level[LEVELS].sums[pe*TREE_WIDTH +: TREE_WIDTH];
      assign out_sums[pe*ACC_WIDTH +: ACC_WIDTH] = ACC_WIDTH'(sum);
    end
    assign out_valid = g_level[LEVELS].valid;
    assign out_end = g_level[LEVELS].beat_end;
    assign unused_control =
        &{ap_clk, ap_rst_n, advance, g_level[LEVELS].first, g_level[LEVELS].last};
  end

endmodule
