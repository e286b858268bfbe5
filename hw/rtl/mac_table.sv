// SPDX-License-Identifier: BSD-3-Clause
// Form "table" of mac: every product bit is one table of {fold, activation}.
//
// Cheapest for up to 4 folds of 4-bit activations; the table doubles with every doubling of the
// folds, so for many folds use mac_rom or mac_dsp. Tables of one LUT a bit feed the first adders
// without a register between, which lets an adder's LUTs absorb one of them. See mac for the
// meaning of the ports. Latency 1 cycle plus that of mac_sum, one more for deeper tables and
// when mac_sum has no register.

module mac_table #(
  // See mac
  parameter int unsigned PE = 1,
  parameter int unsigned SIMD = 1,
  parameter int unsigned FOLDS = 1,
  parameter int unsigned CYCLES = 1,
  parameter int unsigned ACT_WIDTH = 4,
  parameter bit          ACT_SIGNED = 1'b0,
  parameter int unsigned WEIGHT_WIDTH = 4,
  parameter int unsigned ACC_WIDTH = 12,
  parameter logic [FOLDS*PE*SIMD*WEIGHT_WIDTH-1:0] WEIGHTS = '0,
  localparam int unsigned FOLD_WIDTH = (FOLDS > 1) ? $clog2(FOLDS) : 1
) (
  input  logic                      ap_clk,
  input  logic                      ap_rst_n,
  input  logic                      advance,

  // Activations (sink)
  input  logic [SIMD*ACT_WIDTH-1:0] in_acts,
  input  logic [FOLD_WIDTH-1:0]     in_fold,
  input  logic                      in_valid,
  input  logic                      in_first,
  input  logic                      in_last,
  input  logic                      in_end,

  // Sums (source)
  output logic [PE*ACC_WIDTH-1:0]   out_sums,
  output logic                      out_valid,
  output logic                      out_end
);

  if (FOLD_WIDTH + ACT_WIDTH > 12) begin : check_entries
    $error("mac_table: a table of fold and activation must have at most 12 address bits");
  end

  localparam int unsigned PRODUCT_WIDTH = ACT_WIDTH + WEIGHT_WIDTH;
  localparam int unsigned PRODUCTS_WIDTH = PE * SIMD * PRODUCT_WIDTH;
  // A table that takes more than a LUT is too deep for the clock with an adder behind it, which
  // could not absorb it anyway; and where mac_sum is wires only, the output needs a register
  localparam bit REGISTERED = $clog2(FOLDS) + ACT_WIDTH > 6 || (SIMD == 1 && CYCLES == 1);

  logic [FOLD_WIDTH-1:0] fold_q;
  logic [SIMD*ACT_WIDTH-1:0] acts_q;
  logic valid_q, first_q, last_q, end_q;
  logic [PRODUCTS_WIDTH-1:0] products;

  always_ff @(posedge ap_clk) begin
    if (advance) begin
      fold_q <= in_fold;
      acts_q <= in_acts;
      first_q <= in_first;
      last_q <= in_last;
      end_q <= in_end;
    end
    if (!ap_rst_n) valid_q <= 1'b0;
    else if (advance) valid_q <= in_valid;
  end

  // Weights of one product, index [fold]
  function automatic logic [FOLDS*WEIGHT_WIDTH-1:0] lane_weights(input logic [31:0] lane);
    for (int unsigned fold = 0; fold < FOLDS; fold++) begin
      lane_weights[fold*WEIGHT_WIDTH +: WEIGHT_WIDTH] =
          WEIGHTS[(fold*PE*SIMD + lane)*WEIGHT_WIDTH +: WEIGHT_WIDTH];
    end
  endfunction

  for (genvar lane = 0; lane < PE * SIMD; lane++) begin : g_lane
    product_table #(
      .FOLDS(FOLDS), .ACT_WIDTH(ACT_WIDTH), .ACT_SIGNED(ACT_SIGNED),
      .WEIGHT_WIDTH(WEIGHT_WIDTH), .WEIGHTS(lane_weights(lane))
    ) table_i (
      .fold(fold_q),
      .act(acts_q[(lane % SIMD)*ACT_WIDTH +: ACT_WIDTH]),
      .product(products[lane*PRODUCT_WIDTH +: PRODUCT_WIDTH])
    );
  end

  logic [PRODUCTS_WIDTH-1:0] sum_products;
  logic sum_valid, sum_first, sum_last, sum_end;

  if (REGISTERED) begin : g_register
    always_ff @(posedge ap_clk) begin
      if (advance) begin
        sum_products <= products;
        sum_first <= first_q;
        sum_last <= last_q;
        sum_end <= end_q;
      end
      if (!ap_rst_n) sum_valid <= 1'b0;
      else if (advance) sum_valid <= valid_q;
    end
  end else begin : g_direct
    assign sum_products = products;
    assign sum_valid = valid_q;
    assign sum_first = first_q;
    assign sum_last = last_q;
    assign sum_end = end_q;
  end

  mac_sum #(
    .PE(PE), .SIMD(SIMD), .ACCUMULATE(CYCLES > 1),
    .PRODUCT_WIDTH(PRODUCT_WIDTH), .ACC_WIDTH(ACC_WIDTH)
  ) sum_i (
    .ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .advance(advance),
    .in_products(sum_products), .in_valid(sum_valid),
    .in_first(sum_first), .in_last(sum_last), .in_end(sum_end),
    .out_sums(out_sums), .out_valid(out_valid), .out_end(out_end)
  );

endmodule
