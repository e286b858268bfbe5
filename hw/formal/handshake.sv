// SPDX-License-Identifier: BSD-3-Clause
// AXI4-Stream rule: a transfer that was offered and not taken is offered again, unchanged.
//
// Assumed of what drives a module's sink, asserted of a module's source. For Yosys, see
// hw/formal/prove.py.

module handshake #(
  // Bits of a transfer
  parameter int unsigned DATA_WIDTH = 8,
  // Assume the rule instead of proving it
  parameter bit          ASSUME = 1'b0
) (
  input logic                  ap_clk,
  input logic                  ap_rst_n,
  input logic [DATA_WIDTH-1:0] tdata,
  input logic                  tvalid,
  input logic                  tready,
  input logic                  tlast
);

  logic held_q;
  logic [DATA_WIDTH:0] transfer_q;

  always_ff @(posedge ap_clk) begin
    held_q <= ap_rst_n && tvalid && !tready;
    transfer_q <= {tlast, tdata};
  end

  always_comb begin
    if (ap_rst_n && held_q) begin
      if (ASSUME) assume (tvalid && {tlast, tdata} == transfer_q);
      else assert (tvalid && {tlast, tdata} == transfer_q);
    end
  end

endmodule
