// SPDX-License-Identifier: BSD-3-Clause
// Zero padding of a 1-D feature map.
//
// Puts PAD_LEFT zero pixels before and PAD_RIGHT zero pixels after the LENGTH pixels of every
// beat. The zeros before a beat wait until its first transfer is offered, those after it do not
// wait for the next one. tlast comes from a counter; the sink's tlast is not read. Full rate,
// latency 1 cycle. For the window itself see sliding_window.

module pad #(
  // Bits of one transfer (all lanes)
  parameter int unsigned DATA_WIDTH = 8,
  // Transfers of one pixel
  parameter int unsigned FOLD = 1,
  // Pixels of a beat at the sink
  parameter int unsigned LENGTH = 360,
  // Zero pixels before the beat
  parameter int unsigned PAD_LEFT = 1,
  // Zero pixels after the beat
  parameter int unsigned PAD_RIGHT = 1
) (
  input  logic                  ap_clk,
  input  logic                  ap_rst_n,

  // AXI4-Stream input (sink)
  input  logic [DATA_WIDTH-1:0] s_axis_tdata,
  input  logic                  s_axis_tvalid,
  output logic                  s_axis_tready,
  input  logic                  s_axis_tlast,

  // AXI4-Stream output (source)
  output logic [DATA_WIDTH-1:0] m_axis_tdata,
  output logic                  m_axis_tvalid,
  input  logic                  m_axis_tready,
  output logic                  m_axis_tlast
);

  if (DATA_WIDTH < 1) begin : check_data_width
    $error("pad: DATA_WIDTH must be at least 1");
  end
  if (FOLD < 1 || LENGTH < 1) begin : check_length
    $error("pad: FOLD and LENGTH must be at least 1");
  end

  // The position runs from the first data transfer, so that both paddings are one interval:
  // data, zeros after this beat, zeros before the next one.
  localparam int unsigned DATA_TRANSFERS = LENGTH * FOLD;
  localparam int unsigned TRANSFERS = (PAD_LEFT + LENGTH + PAD_RIGHT) * FOLD;
  localparam int unsigned POSITION_WIDTH = $clog2(TRANSFERS + 1);
  localparam logic [POSITION_WIDTH-1:0] ZEROS = POSITION_WIDTH'(DATA_TRANSFERS);
  localparam logic [POSITION_WIDTH-1:0] WRAP = POSITION_WIDTH'(TRANSFERS - 1);
  localparam logic [POSITION_WIDTH-1:0] LAST =
      POSITION_WIDTH'(DATA_TRANSFERS + PAD_RIGHT * FOLD - 1);
  localparam logic [POSITION_WIDTH-1:0] START =
      (PAD_LEFT == 0) ? '0 : POSITION_WIDTH'(TRANSFERS - PAD_LEFT * FOLD);

  logic [POSITION_WIDTH-1:0] position_q;
  logic padding, advance, step, unused_tlast;

  assign padding = position_q >= ZEROS;
  assign advance = !m_axis_tvalid || m_axis_tready;
  // Leading zeros wait for the beat they belong to
  assign step = advance && (s_axis_tvalid || (padding && position_q <= LAST));
  assign s_axis_tready = advance && !padding;
  assign unused_tlast = s_axis_tlast;

  always_ff @(posedge ap_clk) begin
    if (step) begin
      m_axis_tdata <= padding ? '0 : s_axis_tdata;
      m_axis_tlast <= position_q == LAST;
    end
    if (!ap_rst_n) begin
      position_q <= START;
      m_axis_tvalid <= 1'b0;
    end else begin
      if (step) position_q <= (position_q == WRAP) ? '0 : position_q + 1'b1;
      if (advance) m_axis_tvalid <= step;
    end
  end

endmodule
