// SPDX-License-Identifier: BSD-3-Clause
// Form "dsp" of mac: DSP48E1 slices, inferred, two PE lanes to a slice.
//
// The weights of two lanes stand 18 bits apart in one multiplier operand and share the
// activation; the two sums stand 18 bits apart in the accumulator. A sum starts at 2^17, so that
// the low half never borrows from the high one and no correction is needed. Weights or sums too
// wide for that take a slice each. The SIMD products run through a chain of slices, one cycle
// each, for which activation and fold are delayed. With SIMD 1 the slice itself accumulates;
// otherwise logic does, ACC_WIDTH LUTs a lane. See mac for the meaning of the ports. Latency
// 2 + SIMD cycles, one more when logic accumulates.

module mac_dsp #(
  // See mac
  parameter int unsigned PE = 2,
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

  if (WEIGHT_WIDTH > 25 || ACT_WIDTH > 17 || ACC_WIDTH > 48) begin : check_slice
    $error("mac_dsp: a slice takes weights of 25, activations of 17 and sums of 48 bits at most");
  end

  // Offset of the second lane in a slice
  localparam int unsigned SPACING = 18;
  // Largest magnitude that a partial sum can reach
  localparam longint unsigned PEAK = 64'(CYCLES) * 64'(SIMD) << (WEIGHT_WIDTH - 1 + ACT_WIDTH);
  localparam bit PACKED = PE > 1 && WEIGHT_WIDTH + 1 + SPACING <= 25 && ACC_WIDTH < SPACING
      && PEAK <= 64'd1 << (SPACING - 1);
  localparam int unsigned LANES = PACKED ? 2 : 1;
  localparam int unsigned SLICES = (PE + LANES - 1) / LANES;
  localparam bit SELF_ACCUMULATE = SIMD == 1 && CYCLES > 1;
  localparam logic signed [47:0] START = PACKED ? 48'sd1 <<< (SPACING - 1) : 48'sd0;
  // Bits of the packed weights that differ: the low weight, and the high one less its borrow
  localparam int unsigned SLOT_WIDTH = PACKED ? 2 * WEIGHT_WIDTH + 1 : WEIGHT_WIDTH;
  localparam int unsigned WORD_WIDTH = SLICES * SLOT_WIDTH;
  localparam int unsigned FLAGS = SIMD + 2;
  // Bits of one product; every link of the chain adds one bit. A partial sum that carried its sign
  // twice would lose the copy when Yosys' xilinx_dsp takes the register into the slice.
  localparam int unsigned PRODUCT_WIDTH =
      (PACKED ? SPACING : 0) + WEIGHT_WIDTH + 1 + ACT_WIDTH + (ACT_SIGNED ? 0 : 1);

  logic [FLAGS-1:0] valid_q, first_q, last_q, end_q;
  logic [PE*ACC_WIDTH-1:0] sums;

  always_ff @(posedge ap_clk) begin
    if (advance) begin
      first_q <= {first_q[FLAGS-2:0], in_first};
      last_q <= {last_q[FLAGS-2:0], in_last};
      end_q <= {end_q[FLAGS-2:0], in_end};
    end
    if (!ap_rst_n) valid_q <= '0;
    else if (advance) valid_q <= {valid_q[FLAGS-2:0], in_valid};
  end

  // Weights of one link of the chain, index [fold][slice]
  function automatic logic [FOLDS*WORD_WIDTH-1:0] link_weights(input logic [31:0] link);
    logic signed [WEIGHT_WIDTH-1:0] low, high;
    link_weights = '0;
    for (int unsigned fold = 0; fold < FOLDS; fold++) begin
      for (int unsigned slice = 0; slice < SLICES; slice++) begin
        low = WEIGHTS[((fold*PE + slice*LANES)*SIMD + link)*WEIGHT_WIDTH +: WEIGHT_WIDTH];
        high = '0;
        if (slice*LANES + 1 < PE) begin
          high = WEIGHTS[((fold*PE + slice*LANES + 1)*SIMD + link)*WEIGHT_WIDTH +: WEIGHT_WIDTH];
        end
        link_weights[fold*WORD_WIDTH + slice*SLOT_WIDTH +: SLOT_WIDTH] = SLOT_WIDTH'(
            PACKED ? ((64'(high) - ((low < 0) ? 64'sd1 : 64'sd0)) <<< WEIGHT_WIDTH)
                     | (64'(low) & ((64'sd1 <<< WEIGHT_WIDTH) - 64'sd1))
                   : 64'(low));
      end
    end
  endfunction

  for (genvar link = 0; link < SIMD; link++) begin : g_link
    localparam logic [FOLDS*WORD_WIDTH-1:0] LINK_WEIGHTS = link_weights(link);
    logic [FOLD_WIDTH-1:0] fold;
    logic [ACT_WIDTH-1:0] act, act_q;
    logic [WORD_WIDTH-1:0] word_q;
    localparam int unsigned LINK_WIDTH =
        (SELF_ACCUMULATE || PRODUCT_WIDTH + 1 + link > 48) ? 48 : PRODUCT_WIDTH + 1 + link;
    logic signed [47:0] partials [0:SLICES-1];

    // Fold and activation of link k are k cycles late, like the partial sum of link k-1
    if (link == 0) begin : g_now
      assign fold = in_fold;
      assign act = in_acts[ACT_WIDTH-1:0];
    end else begin : g_late
      logic [FOLD_WIDTH-1:0] fold_q;
      logic [link*ACT_WIDTH-1:0] acts_q;
      always_ff @(posedge ap_clk) if (advance) fold_q <= g_link[link-1].fold;
      if (link == 1) begin : g_one
        always_ff @(posedge ap_clk) if (advance) acts_q <= in_acts[link*ACT_WIDTH +: ACT_WIDTH];
      end else begin : g_more
        always_ff @(posedge ap_clk) begin
          if (advance) begin
            acts_q <= {acts_q[(link-1)*ACT_WIDTH-1:0], in_acts[link*ACT_WIDTH +: ACT_WIDTH]};
          end
        end
      end
      assign fold = fold_q;
      assign act = acts_q[(link-1)*ACT_WIDTH +: ACT_WIDTH];
    end

    always_ff @(posedge ap_clk) if (advance) act_q <= act;

    weight_rom #(
      .FOLDS(FOLDS), .WORD_WIDTH(WORD_WIDTH), .WORDS(LINK_WEIGHTS)
    ) rom_i (
      .ap_clk(ap_clk), .advance(advance), .fold(fold), .word(word_q)
    );

    for (genvar slice = 0; slice < SLICES; slice++) begin : g_slice
      logic [SLOT_WIDTH-1:0] slot;
      logic signed [24:0] weight;
      logic signed [17:0] act_extended;
      logic signed [42:0] product_q;
      logic signed [47:0] previous;
      logic signed [LINK_WIDTH-1:0] partial_q;
      logic update;

      assign slot = word_q[slice*SLOT_WIDTH +: SLOT_WIDTH];
      if (PACKED) begin : g_packed
        assign weight = {
          {(24-SPACING-WEIGHT_WIDTH){slot[SLOT_WIDTH-1]}}, slot[SLOT_WIDTH-1:WEIGHT_WIDTH],
          {(SPACING-WEIGHT_WIDTH){slot[WEIGHT_WIDTH-1]}}, slot[WEIGHT_WIDTH-1:0]
        };
      end else begin : g_alone
        assign weight = 25'($signed(slot));
      end
      assign act_extended = ACT_SIGNED ? 18'($signed(act_q)) : 18'(act_q);

      if (SELF_ACCUMULATE) begin : g_accumulate
        assign previous = first_q[1] ? START : 48'(partial_q);
        assign update = advance && valid_q[1];
      end else if (link == 0) begin : g_start
        assign previous = START;
        assign update = advance;
      end else begin : g_chain
        assign previous = g_link[link-1].partials[slice];
        assign update = advance;
      end

      always_ff @(posedge ap_clk) begin
        if (advance) product_q <= weight * act_extended;
        if (update) partial_q <= LINK_WIDTH'(previous + 48'(product_q));
      end
      assign partials[slice] = 48'(partial_q);
    end
  end

  for (genvar pe = 0; pe < PE; pe++) begin : g_pe
    logic [47:0] partial;
    logic unused_bits;
    assign partial = g_link[SIMD-1].partials[pe/LANES];
    assign sums[pe*ACC_WIDTH +: ACC_WIDTH] = partial[(pe%LANES)*SPACING +: ACC_WIDTH];
    assign unused_bits = ^partial;
  end

  if (SELF_ACCUMULATE) begin : g_summed
    logic valid_last_q, unused_flags;
    assign unused_flags = ^{first_q, last_q[FLAGS-1], valid_q[FLAGS-1]};
    assign out_sums = sums;
    assign out_valid = valid_last_q;
    assign out_end = end_q[FLAGS-1];
    always_ff @(posedge ap_clk) begin
      if (!ap_rst_n) valid_last_q <= 1'b0;
      else if (advance) valid_last_q <= valid_q[FLAGS-2] && last_q[FLAGS-2];
    end
  end else begin : g_sum
    mac_sum #(
      .PE(PE), .SIMD(1), .ACCUMULATE(CYCLES > 1),
      .PRODUCT_WIDTH(ACC_WIDTH), .ACC_WIDTH(ACC_WIDTH)
    ) sum_i (
      .ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .advance(advance),
      .in_products(sums), .in_valid(valid_q[FLAGS-1]),
      .in_first(first_q[FLAGS-1]), .in_last(last_q[FLAGS-1]), .in_end(end_q[FLAGS-1]),
      .out_sums(out_sums), .out_valid(out_valid), .out_end(out_end)
    );
  end

endmodule
