// SPDX-License-Identifier: BSD-3-Clause
// Tells data from padding at the source of pad, and asserts that padding is zero.
//
// For Yosys, see hw/formal/prove.py.

module padding #(
  // As pad
  parameter int unsigned DATA_WIDTH = 8,
  parameter int unsigned FOLD = 1,
  parameter int unsigned LENGTH = 4,
  parameter int unsigned PAD_LEFT = 1,
  parameter int unsigned PAD_RIGHT = 1
) (
  input  logic                  ap_clk,
  input  logic                  ap_rst_n,
  input  logic [DATA_WIDTH-1:0] tdata,
  input  logic                  tlast,
  input  logic                  taken,
  output logic                  data_taken
);

  localparam int unsigned TRANSFERS = (PAD_LEFT + LENGTH + PAD_RIGHT) * FOLD;

  logic [31:0] position_q;
  logic in_data;

  assign in_data = position_q >= PAD_LEFT * FOLD && position_q < (PAD_LEFT + LENGTH) * FOLD;
  assign data_taken = taken && in_data;

  always_ff @(posedge ap_clk) begin
    if (!ap_rst_n) position_q <= '0;
    else if (taken) position_q <= (position_q == TRANSFERS - 1) ? '0 : position_q + 1;
  end

  always_comb begin
    if (ap_rst_n && taken) begin
      assert (in_data || tdata == '0);
      assert (tlast == (position_q == TRANSFERS - 1));
    end
  end

endmodule
