// SPDX-License-Identifier: BSD-3-Clause
// Matrix-vector product with constant weights: a pointwise or dense layer, or a convolution
// behind sliding_window.
//
// Takes SF transfers of SIMD activations per vector and puts out NF transfers of PE signed sums.
// A vector takes NF*SF cycles and vectors follow each other without a bubble: each place of the
// vector buffer is refilled while the last neuron fold reads the places after it. NF 1 has no
// buffer. tlast comes from counters (VECTORS vectors are a beat); the sink's tlast is not read.
// A pair of registers at the end makes `advance`, which enables the whole pipeline, a flip-flop.
// For one kernel per channel see depthwise; thresholds are a module of their own.

module matvec #(
  // Sums of one output transfer
  parameter int unsigned PE = 1,
  // Activations of one input transfer
  parameter int unsigned SIMD = 1,
  // Neuron folds: output transfers of a vector
  parameter int unsigned NF = 1,
  // Synapse folds: input transfers of a vector
  parameter int unsigned SF = 1,
  // Bits of an activation, and whether it is signed
  parameter int unsigned ACT_WIDTH = 4,
  parameter bit          ACT_SIGNED = 1'b0,
  // Bits of a weight, signed
  parameter int unsigned WEIGHT_WIDTH = 4,
  // Bits of a sum, signed
  parameter int unsigned ACC_WIDTH = 12,
  // Vectors (pixels) of a beat
  parameter int unsigned VECTORS = 1,
  // Multiply-accumulate form: "rom", "table" or "dsp", see mac
  parameter FORM = "rom",
  // Weights, index [nf][sf][pe][simd], simd fastest, first weight in the least significant bits
  parameter logic [NF*SF*PE*SIMD*WEIGHT_WIDTH-1:0] WEIGHTS = '0
) (
  input  logic                      ap_clk,
  input  logic                      ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [SIMD*ACT_WIDTH-1:0] s_axis_tdata,
  input  logic                      s_axis_tvalid,
  output logic                      s_axis_tready,
  input  logic                      s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [PE*ACC_WIDTH-1:0]   m_axis_tdata,
  output logic                      m_axis_tvalid,
  input  logic                      m_axis_tready,
  output logic                      m_axis_tlast
);

  if (NF < 1 || SF < 1) begin : check_folds
    $error("matvec: NF and SF must be at least 1");
  end
  if (VECTORS < 1) begin : check_vectors
    $error("matvec: VECTORS must be at least 1");
  end

  localparam int unsigned FOLDS = NF * SF;
  localparam int unsigned FOLD_WIDTH = (FOLDS > 1) ? $clog2(FOLDS) : 1;
  localparam int unsigned PLACE_WIDTH = (SF > 1) ? $clog2(SF) : 1;
  localparam int unsigned VECTOR_WIDTH = (VECTORS > 1) ? $clog2(VECTORS) : 1;

  logic [FOLD_WIDTH-1:0] fold_q;
  logic [PLACE_WIDTH-1:0] place_q;
  logic [VECTOR_WIDTH-1:0] vector_q;
  logic last_fold, last_place, last_vector;
  logic available, advance, step, unused_tlast;
  logic [SIMD*ACT_WIDTH-1:0] acts;
  logic [PE*ACC_WIDTH-1:0] sums;
  logic sums_valid, sums_end;

  assign last_fold = fold_q == FOLD_WIDTH'(FOLDS - 1);
  assign last_place = place_q == PLACE_WIDTH'(SF - 1);
  assign last_vector = vector_q == VECTOR_WIDTH'(VECTORS - 1);
  assign step = advance && available;
  assign unused_tlast = s_axis_tlast;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      fold_q <= '0;
      place_q <= '0;
      vector_q <= '0;
    end else if (step) begin
      fold_q <= last_fold ? '0 : fold_q + 1'b1;
      place_q <= last_place ? '0 : place_q + 1'b1;
      if (last_fold) vector_q <= last_vector ? '0 : vector_q + 1'b1;
    end
  end

  if (NF == 1) begin : g_direct
    assign available = s_axis_tvalid;
    assign acts = s_axis_tdata;
    assign s_axis_tready = advance;
  end else begin : g_buffer
    localparam int unsigned LEVEL_WIDTH = $clog2(SF + 1);

    logic [SIMD*ACT_WIDTH-1:0] buffer_q [0:SF-1];
    logic [PLACE_WIDTH-1:0] write_q;
    // Places that hold an activation still to be read: of the vector at work, then of the next
    logic [LEVEL_WIDTH-1:0] level_q;
    logic first_pass, last_pass, write, free;

    assign first_pass = fold_q < FOLD_WIDTH'(SF);
    assign last_pass = fold_q >= FOLD_WIDTH'((NF - 1) * SF);
    // Only the first pass can run ahead of the sink
    assign available = !first_pass || level_q > LEVEL_WIDTH'(place_q);
    assign free = advance && last_pass;
    // A freed place is refilled a cycle later, which with more than one place costs no bubble and
    // keeps the ready path from running through the layer
    assign s_axis_tready = level_q != LEVEL_WIDTH'(SF) || (SF == 1 && free);
    assign write = s_axis_tvalid && s_axis_tready;

    if (SF == 1) begin : g_place
      assign acts = buffer_q[0];
      always_ff @(posedge ap_clk) if (write) buffer_q[0] <= s_axis_tdata;
    end else begin : g_places
      assign acts = buffer_q[place_q];
      always_ff @(posedge ap_clk) if (write) buffer_q[write_q] <= s_axis_tdata;
    end

    always_ff @(posedge ap_clk) begin
      if (!ap_rst_n) begin
        write_q <= '0;
        level_q <= '0;
      end else begin
        if (write) write_q <= (write_q == PLACE_WIDTH'(SF - 1)) ? '0 : write_q + 1'b1;
        if (write && !free) level_q <= level_q + 1'b1;
        if (free && !write) level_q <= level_q - 1'b1;
      end
    end
  end

  mac #(
    .PE(PE), .SIMD(SIMD), .FOLDS(FOLDS), .CYCLES(SF),
    .ACT_WIDTH(ACT_WIDTH), .ACT_SIGNED(ACT_SIGNED),
    .WEIGHT_WIDTH(WEIGHT_WIDTH), .ACC_WIDTH(ACC_WIDTH), .FORM(FORM), .WEIGHTS(WEIGHTS)
  ) mac_i (
    .ap_clk(ap_clk), .ap_rst_n(ap_rst_n), .advance(advance),
    .in_acts(acts), .in_fold(fold_q), .in_valid(available),
    .in_first(place_q == '0), .in_last(last_place), .in_end(last_fold && last_vector),
    .out_sums(sums), .out_valid(sums_valid), .out_end(sums_end)
  );

  fifo #(
    .DATA_WIDTH(PE*ACC_WIDTH)
  ) output_i (
    .ap_clk(ap_clk), .ap_rst_n(ap_rst_n),
    .s_axis_tdata(sums), .s_axis_tvalid(sums_valid),
    .s_axis_tready(advance), .s_axis_tlast(sums_end),
    .m_axis_tdata(m_axis_tdata), .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast)
  );

endmodule
