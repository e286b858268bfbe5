// SPDX-License-Identifier: BSD-3-Clause
// Nothing lost, nothing twice, nothing out of order between a sink and a source.
//
// Follows one element of the stream, whichever the solver picks: it has to leave at the position
// at which it came. For Yosys, see hw/formal/prove.py.

module order #(
  // Bits of an element, which both widths are multiples of
  parameter int unsigned ELEMENT_WIDTH = 4,
  // Elements of an input and of an output transfer
  parameter int unsigned IN_ELEMENTS = 1,
  parameter int unsigned OUT_ELEMENTS = 1,
  // Bits of a position: enough for all elements of the proof's cycles
  parameter int unsigned POSITION_WIDTH = 6
) (
  input logic                                  ap_clk,
  input logic                                  ap_rst_n,
  input logic [POSITION_WIDTH-1:0]             watched,
  input logic [IN_ELEMENTS*ELEMENT_WIDTH-1:0]  in_tdata,
  input logic                                  in_offered,
  input logic                                  in_taken,
  input logic [OUT_ELEMENTS*ELEMENT_WIDTH-1:0] out_tdata,
  input logic                                  out_taken
);

  logic [POSITION_WIDTH-1:0] watched_q, in_position_q, out_position_q;
  logic [POSITION_WIDTH-1:0] in_offset, out_offset;
  logic [ELEMENT_WIDTH-1:0] element_q, element, in_element, out_element;
  logic seen_q, in_hit, out_hit;

  assign in_offset = watched_q - in_position_q;
  assign out_offset = watched_q - out_position_q;
  assign in_hit = in_offered && watched_q >= in_position_q
      && in_offset < POSITION_WIDTH'(IN_ELEMENTS);
  assign out_hit = out_taken && watched_q >= out_position_q
      && out_offset < POSITION_WIDTH'(OUT_ELEMENTS);
  assign in_element = ELEMENT_WIDTH'(in_tdata >> (in_offset * ELEMENT_WIDTH));
  assign out_element = ELEMENT_WIDTH'(out_tdata >> (out_offset * ELEMENT_WIDTH));
  // stream_fork passes an element on while it is offered, before it takes it
  assign element = seen_q ? element_q : in_element;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) begin
      watched_q <= watched;
      in_position_q <= '0;
      out_position_q <= '0;
      seen_q <= 1'b0;
    end else begin
      if (in_taken) in_position_q <= in_position_q + POSITION_WIDTH'(IN_ELEMENTS);
      if (out_taken) out_position_q <= out_position_q + POSITION_WIDTH'(OUT_ELEMENTS);
      if (in_hit && in_taken) begin
        seen_q <= 1'b1;
        element_q <= in_element;
      end
    end
  end

  always_comb begin
    if (ap_rst_n && out_hit) begin
      assert (seen_q || in_hit);
      assert (out_element == element);
    end
  end

endmodule
