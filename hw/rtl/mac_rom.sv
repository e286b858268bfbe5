// SPDX-License-Identifier: BSD-3-Clause
// Form "rom" of mac: weights from a memory, multiplied in logic.
//
// Works for any widths and any number of folds; for few folds mac_table is smaller. See mac for
// the meaning of the ports. Latency 2 cycles plus that of mac_sum.

module mac_rom #(
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

  localparam int unsigned WORD_WIDTH = PE * SIMD * WEIGHT_WIDTH;
  localparam int unsigned PRODUCT_WIDTH = ACT_WIDTH + WEIGHT_WIDTH;

  logic [WORD_WIDTH-1:0] weights_q;
  logic [SIMD*ACT_WIDTH-1:0] acts_q;
  logic [PE*SIMD*PRODUCT_WIDTH-1:0] products_q;
  logic [1:0] valid_q, first_q, last_q, end_q;

  weight_rom #(
    .FOLDS(FOLDS), .WORD_WIDTH(WORD_WIDTH), .WORDS(WEIGHTS)
  ) rom_i (
    .ap_clk(ap_clk), .advance(advance), .fold(in_fold), .word(weights_q)
  );

  for (genvar simd = 0; simd < SIMD; simd++) begin : g_simd
    logic [ACT_WIDTH-1:0] act;
    // One bit more, so that signed and unsigned activations multiply alike
    logic signed [PRODUCT_WIDTH-1:0] act_extended;
    assign act = acts_q[simd*ACT_WIDTH +: ACT_WIDTH];
    assign act_extended = {{WEIGHT_WIDTH{ACT_SIGNED && act[ACT_WIDTH-1]}}, act};

    for (genvar pe = 0; pe < PE; pe++) begin : g_pe
      localparam int unsigned LANE = pe * SIMD + simd;
      logic signed [WEIGHT_WIDTH-1:0] weight;
      assign weight = weights_q[LANE*WEIGHT_WIDTH +: WEIGHT_WIDTH];
      always_ff @(posedge ap_clk) begin
        if (advance) begin
          products_q[LANE*PRODUCT_WIDTH +: PRODUCT_WIDTH] <=
              PRODUCT_WIDTH'(weight) * act_extended;
        end
      end
    end
  end

  always_ff @(posedge ap_clk) begin
    if (advance) begin
      acts_q <= in_acts;
      first_q <= {first_q[0], in_first};
      last_q <= {last_q[0], in_last};
      end_q <= {end_q[0], in_end};
    end
    if (!ap_rst_n) valid_q <= '0;
    else if (advance) valid_q <= {valid_q[0], in_valid};
  end

  mac_sum #(
    .PE(PE), .SIMD(SIMD), .ACCUMULATE(CYCLES > 1),
    .PRODUCT_WIDTH(PRODUCT_WIDTH), .ACC_WIDTH(ACC_WIDTH)
  ) sum_i (
    .ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .advance(advance),
    .in_products(products_q), .in_valid(valid_q[1]),
    .in_first(first_q[1]), .in_last(last_q[1]), .in_end(end_q[1]),
    .out_sums(out_sums), .out_valid(out_valid), .out_end(out_end)
  );

endmodule
