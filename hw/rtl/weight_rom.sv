// SPDX-License-Identifier: BSD-3-Clause
// Weights that rotate through the lanes: word `fold` of a constant memory, one cycle later.
//
// From BLOCK_FOLDS words on it is block RAM, which a network leaves over; as logic so deep a
// memory would be large and limit the clock. One word is a constant. Used by mac_rom and mac_dsp.

module weight_rom #(
  // Words
  parameter int unsigned FOLDS = 2,
  // Bits of a word
  parameter int unsigned WORD_WIDTH = 8,
  // Words from which on block RAM is taken; hw/backends/costs.py reads this default
  parameter int unsigned BLOCK_FOLDS = 48,
  // The words, first word in the least significant bits
  parameter logic [FOLDS*WORD_WIDTH-1:0] WORDS = '0,
  localparam int unsigned FOLD_WIDTH = (FOLDS > 1) ? $clog2(FOLDS) : 1
) (
  input  logic                  ap_clk,
  input  logic                  advance,
  input  logic [FOLD_WIDTH-1:0] fold,
  output logic [WORD_WIDTH-1:0] word
);

  if (FOLDS < 1 || WORD_WIDTH < 1) begin : check_words
    $error("weight_rom: FOLDS and WORD_WIDTH must be at least 1");
  end

  if (FOLDS == 1) begin : g_constant
    logic unused_inputs;
    assign unused_inputs = ^{ap_clk, advance, fold};
    assign word = WORDS;
  end else if (FOLDS >= BLOCK_FOLDS) begin : g_block
    (* rom_style = "block" *) logic [WORD_WIDTH-1:0] rom [0:FOLDS-1];
    initial for (int unsigned index = 0; index < FOLDS; index++) begin
      rom[index] = WORDS[index*WORD_WIDTH +: WORD_WIDTH];
    end
    always_ff @(posedge ap_clk) if (advance) word <= rom[fold];
  end else begin : g_logic
    logic [WORD_WIDTH-1:0] rom [0:FOLDS-1];
    initial for (int unsigned index = 0; index < FOLDS; index++) begin
      rom[index] = WORDS[index*WORD_WIDTH +: WORD_WIDTH];
    end
    always_ff @(posedge ap_clk) if (advance) word <= rom[fold];
  end

endmodule
