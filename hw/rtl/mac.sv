// SPDX-License-Identifier: BSD-3-Clause
// Multiply-accumulate lanes with constant weights: PE sums of products with SIMD activations.
//
// One interface over the forms of the hardware, chosen by FORM:
//   "rom"    weights from a memory, multiplied in logic: any widths, any number of folds
//   "table"  every product bit a table of fold and activation: cheapest for few folds
//   "dsp"    DSP48E1 slices, two PE lanes to a slice: no logic
// A clock-enabled pipeline: everything holds while `advance` is low. Latency depends on the
// form, so validity travels along. With CYCLES > 1 the products of the cycles from in_first to
// in_last are added, and out_valid marks the last one only; with 1, every cycle is a sum.

module mac #(
  // Sums computed at a time
  parameter int unsigned PE = 1,
  // Activations, shared by all PE sums
  parameter int unsigned SIMD = 1,
  // Sets of weights that rotate through the lanes
  parameter int unsigned FOLDS = 1,
  // Cycles whose products a sum adds
  parameter int unsigned CYCLES = 1,
  // Bits of an activation, and whether it is signed
  parameter int unsigned ACT_WIDTH = 4,
  parameter bit          ACT_SIGNED = 1'b0,
  // Bits of a weight, signed
  parameter int unsigned WEIGHT_WIDTH = 4,
  // Bits of a sum, signed
  parameter int unsigned ACC_WIDTH = 12,
  // "rom", "table" or "dsp"
  parameter FORM = "rom",
  // Weights, index [fold][pe][simd], simd fastest
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

  // Sums (source); out_end is in_end of the same sum
  output logic [PE*ACC_WIDTH-1:0]   out_sums,
  output logic                      out_valid,
  output logic                      out_end
);

  if (PE < 1 || SIMD < 1 || FOLDS < 1 || CYCLES < 1) begin : check_lanes
    $error("mac: PE, SIMD, FOLDS and CYCLES must be at least 1");
  end
  if (ACT_WIDTH < 1 || WEIGHT_WIDTH < 2 || ACC_WIDTH < 2) begin : check_widths
    $error("mac: ACT_WIDTH must be at least 1, WEIGHT_WIDTH and ACC_WIDTH at least 2");
  end

  if (FORM == "rom") begin : g_rom
    mac_rom #(
      .PE(PE), .SIMD(SIMD), .FOLDS(FOLDS), .CYCLES(CYCLES),
      .ACT_WIDTH(ACT_WIDTH), .ACT_SIGNED(ACT_SIGNED),
      .WEIGHT_WIDTH(WEIGHT_WIDTH), .ACC_WIDTH(ACC_WIDTH), .WEIGHTS(WEIGHTS)
    ) form_i (.*);
  end else if (FORM == "table") begin : g_table
    mac_table #(
      .PE(PE), .SIMD(SIMD), .FOLDS(FOLDS), .CYCLES(CYCLES),
      .ACT_WIDTH(ACT_WIDTH), .ACT_SIGNED(ACT_SIGNED),
      .WEIGHT_WIDTH(WEIGHT_WIDTH), .ACC_WIDTH(ACC_WIDTH), .WEIGHTS(WEIGHTS)
    ) form_i (.*);
  end else if (FORM == "dsp") begin : g_dsp
    mac_dsp #(
      .PE(PE), .SIMD(SIMD), .FOLDS(FOLDS), .CYCLES(CYCLES),
      .ACT_WIDTH(ACT_WIDTH), .ACT_SIGNED(ACT_SIGNED),
      .WEIGHT_WIDTH(WEIGHT_WIDTH), .ACC_WIDTH(ACC_WIDTH), .WEIGHTS(WEIGHTS)
    ) form_i (.*);
  end else begin : check_form
    $error("mac: FORM must be \"rom\", \"table\" or \"dsp\"");
  end

endmodule
