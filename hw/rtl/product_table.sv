// SPDX-License-Identifier: BSD-3-Clause
// Product of one activation with the weight of the present fold, as a table of both.
//
// Combinational: every product bit is one function of {fold, activation}, one LUT6 for 4-bit
// activations and up to 4 folds. Used by mac_table.

module product_table #(
  // Weights that rotate through the lane
  parameter int unsigned FOLDS = 1,
  // Bits of an activation, and whether it is signed
  parameter int unsigned ACT_WIDTH = 4,
  parameter bit          ACT_SIGNED = 1'b0,
  // Bits of a weight, signed
  parameter int unsigned WEIGHT_WIDTH = 4,
  // The lane's weights, index [fold]
  parameter logic [FOLDS*WEIGHT_WIDTH-1:0] WEIGHTS = '0,
  localparam int unsigned FOLD_WIDTH = (FOLDS > 1) ? $clog2(FOLDS) : 1,
  localparam int unsigned PRODUCT_WIDTH = ACT_WIDTH + WEIGHT_WIDTH
) (
  input  logic [FOLD_WIDTH-1:0]    fold,
  input  logic [ACT_WIDTH-1:0]     act,
  output logic [PRODUCT_WIDTH-1:0] product
);

  localparam int unsigned ACTS = 1 << ACT_WIDTH;
  localparam int unsigned ENTRIES = FOLDS * ACTS;

  function automatic logic [ENTRIES*PRODUCT_WIDTH-1:0] product_of_entries();
    for (int unsigned entry = 0; entry < ENTRIES; entry++) begin
      product_of_entries[entry*PRODUCT_WIDTH +: PRODUCT_WIDTH] =
          PRODUCT_WIDTH'($signed(WEIGHTS[(entry >> ACT_WIDTH)*WEIGHT_WIDTH +: WEIGHT_WIDTH]))
          * PRODUCT_WIDTH'((ACT_SIGNED && (entry % ACTS) >= ACTS / 2) ? (entry % ACTS) - ACTS
                                                                     : entry % ACTS);
    end
  endfunction

  localparam logic [ENTRIES*PRODUCT_WIDTH-1:0] PRODUCTS = product_of_entries();

  // A vector per bit and not one memory: Yosys would move the address registers of a memory
  // behind it, and an adder could no longer absorb the table
  function automatic logic [ENTRIES-1:0] bit_of_products(input logic [31:0] index);
    for (int unsigned entry = 0; entry < ENTRIES; entry++) begin
      bit_of_products[entry] = PRODUCTS[entry*PRODUCT_WIDTH + index];
    end
  endfunction

  for (genvar index = 0; index < PRODUCT_WIDTH; index++) begin : g_bit
    localparam logic [ENTRIES-1:0] TABLE = bit_of_products(index);
    if (FOLDS == 1) begin : g_constant
      assign product[index] = TABLE[act];
    end else begin : g_folds
      assign product[index] = TABLE[{fold, act}];
    end
  end

  if (FOLDS == 1) begin : g_one_fold
    logic unused_fold;
    assign unused_fold = ^fold;
  end

endmodule
