// SPDX-License-Identifier: BSD-3-Clause
// Counts breaches of the AXI handshake: once valid is up, it and its payload must hold until ready.

module handshake_checker #(
  // Bits of the payload
  parameter int unsigned WIDTH = 1
) (
  input  logic             ap_clk,
  input  logic             ap_rst_n,
  input  logic             valid,
  input  logic             ready,
  input  logic [WIDTH-1:0] payload,
  output logic [31:0]      breaches
);

  logic waiting_q;
  logic [WIDTH-1:0] payload_q;

  always_ff @(posedge ap_clk) begin
    waiting_q <= ap_rst_n && valid && !ready;
    payload_q <= payload;
    if (!ap_rst_n) breaches <= '0;
    else if (waiting_q && (!valid || payload != payload_q)) breaches <= breaches + 1'b1;
  end

endmodule
